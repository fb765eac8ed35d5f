/** The one place where it is judged whether a thing is the caller's: another organisation's is as unknown as one that does not exist. */
import type { Request } from 'express'
import { ProblemError } from '../problem/problem-error.js'
import { callerOf } from './authenticate.js'

const things = {
  application: '申請',
  certificate: '証明書',
  batch: 'バッチ',
  incident: '計画',
  'EAB credential': 'EAB',
  operator: '登録担当者',
  department: '部局',
  token: 'トークン',
  webhook: 'Webhook',
  subscriber: '利用管理者',
  approval: '承認',
  'ACME account': 'ACMEアカウント',
} as const

/** @throws ProblemError notFound */
export function own<T extends { organisation: string }>(
  request: Request,
  row: T | undefined,
  thing: keyof typeof things,
): T {
  if (row?.organisation === callerOf(request).organisation) return row
  throw new ProblemError('notFound', `There is no such ${thing}`, {
    ja: `その${things[thing]}はありません。`,
  })
}
