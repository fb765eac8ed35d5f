/**
 * How well a server_name fits a DNS name. Source: nginx documentation, "Server
 * names": exact, longest wildcard at the start, longest wildcard at the end,
 * first regular expression.
 */

/** Higher is better; 0 is no match. */
export function rankName(pattern: string, name: string): number {
  const text = pattern.toLowerCase()
  if (text.startsWith('~')) return matchesRegex(pattern.slice(1), name) ? 1 : 0
  if (text === name) return 4000
  if (text.startsWith('.') && (name === text.slice(1) || name.endsWith(text))) return 3000 + text.length
  if (text.startsWith('*.') && name.endsWith(text.slice(1))) return 3000 + text.length
  if (text.endsWith('.*') && name.startsWith(text.slice(0, -1))) return 2000 + text.length
  return 0
}

export const bestRank = (patterns: readonly string[], name: string) =>
  Math.max(0, ...patterns.map((pattern) => rankName(pattern, name)))

/** PCRE as far as JavaScript shares it; a pattern that is not shared matches nothing here. */
function matchesRegex(source: string, name: string): boolean {
  const shared = source.replaceAll('(?P<', '(?<').replace(/^\(\?i\)/, '')
  try {
    return new RegExp(shared, 'i').test(name)
  } catch {
    return false
  }
}
