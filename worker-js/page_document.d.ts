// The module that page/join.mjs writes.

/** The page's HTML, with its style and its script in it, and `<!-- models -->` where the options of models belong. */
export const DOCUMENT: string;
/** `sha256-…` of the script. */
export const SCRIPT_HASH: string;
/** `sha256-…` of the style. */
export const STYLE_HASH: string;
