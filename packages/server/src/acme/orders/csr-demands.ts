/**
 * What the issuance system demands of a CSR, told with the command that makes one:
 * stock clients make CSRs without O, L, ST and C, which it refuses.
 * Source: docs/upki-tsv.md, column 7; docs/acme-divergences.md, §7.4.
 */
import type { Csr } from '@upki-gateway/shared/csr'
import type { Finding } from '@upki-gateway/shared/problem'
import type { OrganisationConfig } from '../../config.js'
import { ProblemError } from '../../problem/problem-error.js'
import type { OrderRow } from '../../store/acme-tables.js'
import { problemOf, toSubproblem } from '../finding-problems.js'
import { defaultProfile, type ProfileName } from '../profiles.js'
import { chooseCommonName } from './csr-of-order.js'
import { opensslCommand, renderSubject, subjectFor } from './subject.js'

type Order = Pick<OrderRow, 'names' | 'profile'>

/** The sentence for a CSR that is wrong in any way, English or Japanese, with the right subject and command. */
function demands(order: Order, csr: Csr, organisation: OrganisationConfig): { en: string; ja: string } {
  const commonName = chooseCommonName(csr, order.names)
  const names = [commonName, ...order.names.filter((name) => name !== commonName)]
  const profile = (order.profile as ProfileName | null) ?? defaultProfile(organisation)
  const subject = subjectFor(commonName, organisation)
  const command = opensslCommand(subject, names, profile)
  const key = profile === 'rsa2048' ? 'RSA 2048' : 'ECDSA P-384'
  return {
    en: `The CSR must have a new ${key} key and exactly the subject ${renderSubject(subject)}. This command makes one: ${command}`,
    ja: `CSRは、新しい${key}の鍵で、主体者を ${renderSubject(subject)} と一字一句同じにしてください。次のコマンドで作れます: ${command}`,
  }
}

/** The first kind of fault that there is, in the order in which a client can mend it. */
const worst = (findings: readonly Finding[]) =>
  (['badCSR', 'rejectedIdentifier', 'unauthorized'] as const).find((name) =>
    findings.some((finding) => problemOf(finding) === name),
  ) ?? 'badCSR'

/** @throws ProblemError always: badCSR, or what the errors among the findings are about */
export function refuseFindings(
  findings: readonly Finding[],
  order: Order,
  csr: Csr,
  organisation: OrganisationConfig,
): never {
  const errors = findings.filter(({ grade }) => grade === 'error')
  const problem = worst(errors)
  const how = problem === 'badCSR' ? demands(order, csr, organisation) : { en: '', ja: '' }
  const say = (language: 'ja' | 'en') =>
    errors.map(({ message, remedy }) => `${message[language]} ${remedy[language]}`).join(' ')
  throw new ProblemError(problem, `${say('en')} ${how.en}`.trim(), {
    ja: `${say('ja')} ${how.ja}`.trim(),
    subproblems: errors.map((finding) => toSubproblem(finding, order.names)),
  })
}
