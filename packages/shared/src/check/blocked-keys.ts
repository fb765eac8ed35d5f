/**
 * Lists of keys that nobody may use: leaked ones, and those of programs that made few (such as Debian's of 2008).
 *
 * Text, one key a line: SHA-256 of the SubjectPublicKeyInfo in hex, then anything; `#` starts a comment.
 * Source: docs/upki-tsv.md, "Blocked keys".
 */
export class BlockedKeysError extends Error {
  override name = 'BlockedKeysError'
  constructor(readonly line: number) {
    super(`line ${line} does not begin with a SHA-256 in hex (64 digits)`)
  }
}

/** @throws {BlockedKeysError} for a line that is neither: a list read in part would protect in part. */
export function readBlockedKeys(text: string, keys = new Set<string>()): Set<string> {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue
    const hash = /^\s*([0-9a-f]{64})(?![0-9a-z])/i.exec(line)?.[1]
    if (hash === undefined) throw new BlockedKeysError(index + 1)
    keys.add(hash.toLowerCase())
  }
  return keys
}
