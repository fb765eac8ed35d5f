/** Base64 as the CSR column holds it: one line, standard alphabet (RFC 4648 §4), padded. */

/** True for what TSV column 7 takes; line breaks and PEM headers are not. */
export const isOneLineBase64 = (text: string): boolean =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)

const pem =
  /^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END \1?CERTIFICATE REQUEST-----\s*$/

/** Brings a PEM file into the one-line form; any other text comes back as it is. */
export const toOneLineBase64 = (text: string): string => pem.exec(text)?.[2]?.replace(/\s+/g, '') ?? text
