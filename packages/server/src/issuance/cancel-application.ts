/** Taking an application back while it waits: once it is in a sealed file, its bytes are frozen. */
import { ProblemError } from '../problem/problem-error.js'
import { lockApplication } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import type { ApplicationRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'
import type { ApplicationState, Failure } from './states.js'

const cancellable: readonly ApplicationState[] = ['received', 'awaiting-approval', 'queued']

const cancelled: Failure = {
  message: { ja: '申請は取り消されました。', en: 'The application was cancelled.' },
  remedy: { ja: '必要なら申請し直してください。', en: 'Apply again if it is needed after all.' },
}

/** Cancelling twice changes nothing. @throws ProblemError conflict when it waits no longer */
export async function cancelApplication(
  env: Environment,
  id: string,
  actor: string,
): Promise<ApplicationRow> {
  const now = env.now()
  return env.db.transaction().execute(async (trx) => {
    const row = await lockApplication(trx, id)
    if (row.state === 'cancelled') return row
    if (!cancellable.includes(row.state))
      throw new ProblemError(
        'conflict',
        `The application is ${row.state}; it can be cancelled only while it waits`,
        {
          ja: `この申請は「${row.state}」の状態です。取り消せるのは承認待ちか送信待ちの間だけです。`,
        },
      )
    await appendAudit(trx, [{ at: now, actor, action: 'application.cancel', subject: id }])
    return trx
      .updateTable('applications')
      .set({ state: 'cancelled', failure: JSON.stringify(cancelled), updated_at: now })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}
