/** Ticked certificates: a plan for them is made, looked at on its page, and carried out there. */
import { useState } from 'react'
import { useLocation } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { endOfDay, FormDialog, type FormField, type Values } from '../../ui/form-dialog.js'
import { reasonOptions } from '../../ui/reasons.js'
import { TickBar, type Ticks } from '../../ui/ticks.js'

type Certificate = Schemas['CertificateSummary']
type What = 'revoke' | 'reissue'

const text = {
  all: { ja: '表示中の有効な{total}件をすべて選択', en: 'Select all {total} shown that are valid' },
  plan: { ja: '計画を作る', en: 'Make the plan' },
  effect: {
    ja: 'まだ何も起きません。次のページで確かめてから実施します。',
    en: 'Nothing is done yet: look at the next page, and carry it out there.',
  },
}

const acts = {
  revoke: {
    open: { ja: 'まとめて失効…', en: 'Revoke them…' },
    title: {
      ja: '{count}件の失効を計画する',
      one: 'Plan to revoke {count} certificate',
      en: 'Plan to revoke {count} certificates',
    },
  },
  reissue: {
    open: { ja: '再発行を求める…', en: 'Ask for re-issue…' },
    title: {
      ja: '{count}件の早めの再発行を計画する',
      one: 'Plan the early re-issue of {count} certificate',
      en: 'Plan the early re-issue of {count} certificates',
    },
  },
}

const fields: Record<What, readonly FormField[]> = {
  revoke: [
    { name: 'reason', label: { ja: '失効理由', en: 'Reason' }, options: reasonOptions, isRequired: true },
    { name: 'comment', label: { ja: '失効理由コメント', en: 'Comment' }, maxLength: 128 },
  ],
  reissue: [
    {
      name: 'replaceBy',
      label: { ja: 'いつまでに再発行するか', en: 'To be replaced by' },
      type: 'date',
      isRequired: true,
    },
  ],
}

function actionOf(
  what: What,
  { reason, comment, replaceBy = '' }: Values,
): Schemas['IncidentInput']['action'] {
  if (what === 'reissue') return { type: 'reissue', replaceBy: endOfDay(replaceBy) }
  return { type: 'revoke', reason: reason as Schemas['RevocationReason'], ...(comment && { comment }) }
}

export function BulkBar({ ticks }: { ticks: Ticks<Certificate> }) {
  const { t, n } = useWords()
  const [, navigate] = useLocation()
  const [what, setWhat] = useState<What>()
  const serials = ticks.chosen.map(({ serial }) => serial)
  return (
    <TickBar ticks={ticks} all={text.all}>
      {(['reissue', 'revoke'] as const).map((each) => (
        <button
          key={each}
          type="button"
          className={each === 'revoke' ? 'danger' : undefined}
          disabled={serials.length === 0}
          onClick={() => setWhat(each)}
        >
          {t(acts[each].open)}
        </button>
      ))}
      {what && (
        <FormDialog
          title={n(acts[what].title, serials.length)}
          act={t(text.plan)}
          fields={fields[what]}
          work={(values) => {
            const body = { criteria: { serials }, action: actionOf(what, values) }
            return unwrap(api.POST('/v1/incidents', { body }))
          }}
          onDone={({ id }) => navigate(`/incidents/${id}`)}
          onClose={() => setWhat(undefined)}
        >
          <ul className="names">
            {ticks.chosen.map(({ serial, commonName }) => (
              <li key={serial}>{commonName}</li>
            ))}
          </ul>
          <p>{t(text.effect)}</p>
        </FormDialog>
      )}
    </TickBar>
  )
}
