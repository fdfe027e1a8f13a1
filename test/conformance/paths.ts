/** Where requests of the corpus go, and the forms in which they ask for the answer. `<ns>` stands for the namespace of the scenario. */
export const CORE = '/api/v1/namespaces/<ns>';
export const MAPS = `${CORE}/configmaps`;
export const PODS = `${CORE}/pods`;
export const SECRETS = `${CORE}/secrets`;
export const SERVICES = `${CORE}/services`;

export const APPS = '/apis/apps/v1/namespaces/<ns>';
export const DEPLOYMENTS = `${APPS}/deployments`;

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
export const VALIDATING = `${ADMISSION}/validatingwebhookconfigurations`;
export const MUTATING = `${ADMISSION}/mutatingwebhookconfigurations`;
export const POLICIES = `${ADMISSION}/validatingadmissionpolicies`;
export const POLICY_BINDINGS = `${ADMISSION}/validatingadmissionpolicybindings`;

export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
export const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
export const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** A path in a group's namespaced collection. */
export const inGroup = (groupVersion: string, rest: string): string => `/apis/${groupVersion}/namespaces/<ns>/${rest}`;
