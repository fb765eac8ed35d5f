/** Identifiers of a new order (RFC 8555 §7.4): host names of which the account may have a certificate. */
import { toLowerAscii } from '@upki-gateway/shared/identifier'
import { z } from 'zod'
import type { OrganisationConfig } from '../../config.js'
import { uncoveredNames } from '../../policy/approval.js'
import { checkNamesOfOrder } from '../../policy/names-of-order.js'
import { ProblemError, type Subproblem } from '../../problem/problem-error.js'
import { problems } from '../../problem/problems.js'
import type { ApprovalRow } from '../../store/tables.js'
import { toSubproblem } from '../finding-problems.js'
import { malformed } from '../jws/flattened-jws.js'

/** More are not even looked at; the service takes eight. */
const MAX_READ = 100

export const identifiers = z
  .array(z.object({ type: z.string().max(100), value: z.string().max(1000) }))
  .min(1)
  .max(MAX_READ)
type Identifiers = z.output<typeof identifiers>

function checkTypes(asked: Identifiers): void {
  const others = asked.filter(({ type }) => type !== 'dns')
  if (others.length === 0) return
  const subproblems = others.map((identifier) => ({
    type: problems.unsupportedIdentifier.type,
    detail: 'Certificates are issued for host names only; use the type dns',
    identifier,
  }))
  throw new ProblemError('unsupportedIdentifier', 'Only identifiers of type dns are supported', {
    ja: '識別子の種類は dns だけに対応しています。',
    subproblems,
  })
}

/** @returns the names in lower case, in their order. @throws ProblemError unsupportedIdentifier or malformed */
export function readNames(asked: Identifiers): string[] {
  checkTypes(asked)
  const names = asked.map(({ value }) => toLowerAscii(value))
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined)
    throw malformed(`The order names ${twice} twice`, `オーダーに ${twice} が重複しています。`)
  return names
}

const rejected = (subproblems: Subproblem[]): ProblemError =>
  new ProblemError('rejectedIdentifier', subproblems.map(({ detail }) => detail).join(' '), {
    ja: subproblems
      .flatMap(({ finding }) => (finding ? `${finding.message.ja}${finding.remedy.ja}` : []))
      .join(''),
    subproblems,
  })

/** Whether a certificate for these names can be had at all. @throws ProblemError rejectedIdentifier */
export function checkNames(names: readonly string[], organisation: OrganisationConfig): void {
  const findings = checkNamesOfOrder(names, organisation)
  if (findings.length > 0) throw rejected(findings.map((finding) => toSubproblem(finding, names)))
}

/** Whether the account may have them. @throws ProblemError rejectedIdentifier */
export function checkApproved(names: readonly string[], approval: ApprovalRow): void {
  const uncovered = uncoveredNames(approval, names)
  if (uncovered.length === 0) return
  const list = uncovered.join(', ')
  throw new ProblemError(
    'rejectedIdentifier',
    `The approval behind this account does not cover ${list}; ask the registration authority operator to add the names`,
    {
      ja: `このアカウントの承認範囲に ${list} が含まれていません。登録担当者に追加を依頼してください。`,
      subproblems: uncovered.map((value) => ({
        type: problems.rejectedIdentifier.type,
        detail: `The approval does not cover ${value}`,
        identifier: { type: 'dns', value },
      })),
    },
  )
}
