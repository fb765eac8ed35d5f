/**
 * Names that an approval is to cover, judged when it is made: what could never be
 * ordered is refused then. Pure.
 */
import type { Finding } from '@upki-gateway/shared/problem'
import type { OrganisationConfig } from '../config.js'
import { checkNamesOfOrder } from './names-of-order.js'

/** @param name a host name, or `.domain`; the domain itself is judged as a name under it would be */
const sample = (name: string): string => (name.startsWith('.') ? `x${name}` : name)

/** Only the first name of an order becomes the CN, so its length is judged there. */
const isAboutCommonName = ({ code }: Finding): boolean => code === 'dnValueTooLong'

/** @param names in lower case; @returns errors only, `row` being the place of the name in the list, from 1 */
export const checkNamesOfApproval = (names: readonly string[], organisation: OrganisationConfig): Finding[] =>
  names.flatMap((name, index) =>
    checkNamesOfOrder([sample(name)], organisation)
      .filter((finding) => !isAboutCommonName(finding))
      .map((finding) => ({ ...finding, row: index + 1, value: name })),
  )
