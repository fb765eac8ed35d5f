/** Base64url as JOSE writes it: no padding, no other alphabet, no leftover bits (RFC 7515 §2, RFC 4648 §3.5). */
export function decodeBase64url(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
