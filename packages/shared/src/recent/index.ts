/** What was read last: the steps of one application read the same CSR and the same certificate one after the other. */

const MOST_RECENT = 128

/** @param read pure; what it throws is not kept @returns `read`, which reads the last 128 texts once */
export function readOnce<T extends object>(read: (text: string) => T): (text: string) => T {
  const recent = new Map<string, T>()
  return (text) => {
    const known = recent.get(text)
    if (known) return known
    const fresh = read(text)
    recent.set(text, fresh)
    // A map gives its keys in the order in which they came.
    const [oldest] = recent.keys()
    if (recent.size > MOST_RECENT && oldest !== undefined) recent.delete(oldest)
    return fresh
  }
}
