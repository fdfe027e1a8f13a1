declare const clean: unique symbol;
/** Text that has passed the sanitiser and may reach a screen, a log or a file. */
export type Clean = string & { readonly [clean]: true };
