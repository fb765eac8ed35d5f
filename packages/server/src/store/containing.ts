/** A pattern of `like` for a part of a text; `%` and `_` of what is searched for stand for themselves. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`
