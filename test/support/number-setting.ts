/** A whole number from the environment. @throws where it is none: a run of nothing would look like one that passed */
export function numberSetting(name: string, otherwise: number): number {
  const text = process.env[name]
  if (text === undefined) return otherwise
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name}: "${text}" is not a whole number`)
  return Number(text)
}
