/** What `renew` says at the end. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { renderInstant } from '../../terminal/duration.js'
import type { Reporter } from '../../terminal/reporter.js'
import type { Task } from './select.js'

export interface Result {
  name: string
  names: readonly string[]
  outcome: 'renewed' | 'installed' | 'pending' | 'failed' | 'planned' | 'unmanaged'
  message?: string
}

const words: Record<Result['outcome'], Bilingual> = {
  renewed: { en: 'renewed', ja: '更新しました' },
  installed: { en: 'installed', ja: '設置しました' },
  pending: { en: 'ordered; the next run goes on', ja: '注文済み。次の実行で続けます' },
  failed: { en: 'FAILED', ja: '失敗' },
  planned: { en: 'would be renewed', ja: '更新の対象です' },
  unmanaged: { en: 'has no renewal configuration', ja: '更新の設定がありません' },
}

export function reportRenewals(reporter: Reporter, results: readonly Result[], idle: readonly Task[]): void {
  const text = { en: render(results, idle, 'en'), ja: render(results, idle, 'ja') }
  const waiting = idle.map(({ lineage, action, state }) => ({
    name: lineage.name,
    outcome: action === 'pause' ? 'paused' : 'kept',
    notAfter: lineage.notAfter,
    nextTry: state.nextTry,
  }))
  const failed = results.some(({ outcome }) => outcome === 'failed')
  reporter.result(text, { outcome: failed ? 'failed' : 'done', certificates: [...results, ...waiting] })
}

function render(results: readonly Result[], idle: readonly Task[], language: keyof Bilingual): string {
  if (results.length + idle.length === 0)
    return { en: 'There are no certificates.', ja: '証明書はありません。' }[language]
  const kept = { en: 'not due', ja: '期限はまだ先です' }[language]
  const paused = { en: 'failed before; next try', ja: '前回失敗。次の試行' }[language]
  return [
    ...results.map(({ name, outcome }) => `${name}: ${words[outcome][language]}`),
    ...idle.map(({ lineage, action, state }) =>
      action === 'pause'
        ? `${lineage.name}: ${paused} ${state.nextTry ?? ''}`
        : `${lineage.name}: ${kept} (${renderInstant(lineage.notAfter)})`,
    ),
  ].join('\n')
}
