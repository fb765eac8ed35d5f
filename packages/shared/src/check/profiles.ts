/** Which key belongs to which profile of a server certificate. Source: docs/upki-tsv.md, "Column 2: Profiles and keys". */
import type { KeyType } from '../csr/index.js'

const profileByKey = new Map<KeyType, string>([
  ['rsa2048', '3'],
  ['p384', '11'],
])

/** Profile id for a key, or undefined for a key that the service does not take. */
export const profileOfKey = (keyType: KeyType): string | undefined => profileByKey.get(keyType)
