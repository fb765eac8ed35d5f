/** What the service fixes for one organisation (機関): compared exactly, case included. Source: docs/upki-tsv.md, "Column 1: Subject DN". */
export interface Organisation {
  id: string
  /** O, the English name registered with the service. */
  organizationName: string
  /** L, as registered; never derived. */
  locality: string
  /** ST, as registered. */
  stateOrProvince: string
  country: 'JP'
  /** Registered domains; a name is inside when equal to one or below it. */
  domains: readonly string[]
}
