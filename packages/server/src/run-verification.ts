/** `upki-gateway verify-audit`: one line for people, in both languages, and the exit status for programs. */
import { type NotedHead, verifyAudit, type Verification } from './audit/verify-audit.js'
import type { Config } from './config.js'
import { openStore } from './store/database.js'

const WHOLE = 0
const BROKEN = 1
const USAGE = 2

function readHead(word: string): NotedHead | undefined {
  const [, position, hash] = /^(\d{1,18}):([0-9a-f]{64})$/i.exec(word) ?? []
  return position !== undefined && hash !== undefined ? { position, hash } : undefined
}

const explanations: Record<NonNullable<Verification['fault']>['fault'], string> = {
  gap: 'links are missing before it / 直前の鎖が欠けています',
  'entry-gone': 'its entry is gone / 記録が失われています',
  changed: 'it, or an entry before it, was changed / 記録が書き換えられています',
  'not-as-noted': 'the chain is not the one that was noted / 控えた鎖と一致しません',
}

function render({ checked, head, unsealed, fault }: Verification): string {
  const at = head ? `, head ${head.position}:${head.hash}` : ''
  const waiting = unsealed > 0 ? `, ${unsealed} not sealed yet / 未封印 ${unsealed} 件` : ''
  if (!fault) return `The audit log is whole / 監査ログは完全です: ${checked} entries${at}${waiting}`
  return `The audit log is not whole / 監査ログが壊れています: at position ${fault.position}, ${explanations[fault.fault]}`
}

/** @returns the exit status */
export async function runVerification(config: Config, words: readonly string[]): Promise<number> {
  const noted = words.map(readHead)
  if (noted.includes(undefined)) {
    console.error('Give heads as POSITION:HASH, as an earlier verification or the log printed them.')
    return USAGE
  }
  const store = await openStore(config)
  try {
    const result = await verifyAudit(store.db, { noted: noted.filter((head) => head !== undefined) })
    console.log(render(result))
    return result.intact ? WHOLE : BROKEN
  } finally {
    await store.close()
  }
}
