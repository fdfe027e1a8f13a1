import { GAME_DAY_API, GAME_DAY_KIND } from './document.ts';

/** A plan to start from, with every field; optional ones are comments. `name`: lower-case letters, digits and dashes; `schema`: the address of the JSON Schema. */
export const planTemplate = (name: string, owner: string, schema: string): string =>
  `# yaml-language-server: $schema=${schema}
apiVersion: ${GAME_DAY_API}
kind: ${GAME_DAY_KIND}
metadata:
  name: ${name}
spec:
  objective: what is to be learned today
  scope:
    # contexts: [staging-*]           # where it may run; any context where this is left out
    namespaces: [default]             # nothing is injected elsewhere
  people:                             # everybody may stop the day; only the owner may let it go on
    - {name: ${JSON.stringify(owner)}, role: owner}
    # - {name: Ben, role: reporter}    # owner, coordinator, reporter or observer
  agenda:                             # one after the other, each with one of experiment, suite, byHand
    - name: somebody restarts the ingress
      byHand: kubectl -n default rollout restart deployment/ingress
      hypothesis: nobody notices
      watchFor: 1m
    # - name: the controller dies
    #   experiment: controller-kill.yaml   # from the folder of this file
    # - name: everything of kserve
    #   suite: kserve/
    #   parallel: 2                         # runs side by side (4)
    #   gate: 5m                            # how long each waits for its steady state (2m)
  # probes:                           # what says whether the system is steady
  #   - name: front door
  #     http: {url: "http://127.0.0.1:8080/healthz", within: 500ms}
  #   - name: error rate
  #     prometheus: {url: "http://127.0.0.1:9090", query: "sum(rate(errors[1m]))", max: 0.01}
  #   - name: the database answers
  #     command: {run: [pg_isready, -h, db.example], exitCode: 0}
  #   - name: the controller is available
  #     check: {type: conditionTrue, apiVersion: apps/v1, kind: Deployment, namespace: default, name: web, conditionType: Available}
  # alerts:                           # where monitoring lists firing alerts: one that begins under a fault is T2
  #   prometheus: http://127.0.0.1:9090
  #   alertmanager: http://127.0.0.1:9093
  #   match: {team: "platform*"}      # only these
  #   http_config:                    # secrets by file or variable, never here
  #     authorization: {credentials_file: token}
  #     tls_config: {ca_file: ca.crt}
  # abort:                            # all are armed with these limits by default; false turns one off
  #   collateral: {for: 10s, except: []}
  #   probes: {brokenFor: 1m}
  #   api: {p95: 5s, errors: 5, window: 30s}
  #   watch: {lostFor: 15s}
  #   timeBox: 2h
  #   secondInjection: true
  #   incident: {for: 10s}            # with alerts: {severity: critical} such an alert outside of the scope counts, too
  #   clockSkew: 5s
  #   ttlOvershoot: 10s
  # freeze:                           # nothing is injected in these windows
  #   - {from: "2026-12-20T00:00:00Z", to: "2027-01-04T00:00:00Z", why: holidays}
  # notices:                          # messages to people: before, after, on-abort
  #   - {when: before, to: "#platform", text: a game-day begins}
`;
