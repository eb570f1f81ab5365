// @ts-check
/** What pages do beyond what their HTML does by itself. */
export {}
