/** What was sent to a webhook, and what became of it. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { useWords } from '../../i18n/language.js'
import { useActsColumn } from '../../ui/acts.js'
import { Ask } from '../../ui/ask.js'
import { List } from '../../ui/list.js'
import { Section } from '../../ui/page.js'
import { Badge } from '../../ui/state.js'
import type { Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { deliveryStates, nameOfEvent } from './words.js'

type Delivery = Schemas['WebhookDelivery']
type State = Schemas['WebhookDeliveryState']

const text = {
  title: { ja: '送信の記録', en: 'Deliveries' },
  none: { ja: '送ったものはありません。', en: 'Nothing was sent.' },
  state: { ja: '状態', en: 'State' },
  every: { ja: 'すべて', en: 'every' },
  event: { ja: '出来事', en: 'Event' },
  attempts: { ja: '回数', en: 'Attempts' },
  answer: { ja: '応答', en: 'Answer' },
  next: { ja: '次に試す日時', en: 'Next attempt' },
  ended: { ja: '終了', en: 'Ended' },
  replay: { ja: 'ここから送り直す…', en: 'Replay from here…' },
  replayTitle: { ja: '出来事を送り直しますか', en: 'Send events once more?' },
  replayEffect: {
    ja: '出来事{event}以後のすべてを、送信済みのものも含めて、起きた順にもう一度送ります。',
    en: 'Everything from event {event} on is sent again in its order, delivered before or not.',
  },
  replayAct: { ja: '送り直す', en: 'Send again' },
}

const useDeliveries = (id: string, state: State | undefined) =>
  useList<Delivery>(
    ['webhooks', id, 'deliveries', state],
    async (after) => {
      const params = { path: { id }, query: { ...(state && { state }), after } }
      const { deliveries: rows, next } = await unwrap(api.GET('/v1/webhooks/{id}/deliveries', { params }))
      return { rows, next }
    },
    true,
  )

export function Deliveries({ id, mayReplay }: { id: string; mayReplay: boolean }) {
  const { t } = useWords()
  const [state, setState] = useState<State>()
  const [from, setFrom] = useState<string>()
  const query = useDeliveries(id, state)
  const columns: Column<Delivery>[] = [
    {
      title: t(text.event),
      cell: ({ event, type }) => (
        <>
          {t(nameOfEvent(type))} <span className="minor">#{event}</span>
        </>
      ),
    },
    {
      title: t(text.state),
      cell: (row) => <Badge tone={deliveryStates[row.state].tone}>{t(deliveryStates[row.state].name)}</Badge>,
    },
    { title: t(text.attempts), kind: 'number', cell: ({ attempts }) => attempts },
    {
      title: t(text.answer),
      kind: 'wide',
      cell: ({ lastStatus, lastError }) => <span className="value">{lastError ?? lastStatus ?? '–'}</span>,
    },
    { title: t(text.next), cell: ({ dueAt }) => <Time at={dueAt} /> },
    { title: t(text.ended), cell: ({ endedAt }) => <Time at={endedAt} /> },
  ]
  const acts = useActsColumn<Delivery>(({ event }) => [{ name: text.replay, run: () => setFrom(event) }])
  return (
    <Section title={t(text.title)}>
      <StateChoice state={state} onState={setState} />
      <List
        query={query}
        label={t(text.title)}
        none={t(text.none)}
        keyOf={({ event }) => event}
        columns={mayReplay ? [...columns, acts] : columns}
      />
      {from !== undefined && <Replay id={id} from={from} onClose={() => setFrom(undefined)} />}
    </Section>
  )
}

function StateChoice({ state, onState }: { state: State | undefined; onState: (state?: State) => void }) {
  const { t } = useWords()
  const names = Object.entries(deliveryStates).map(([value, { name }]) => ({ value, label: t(name) }))
  return (
    <search className="filters">
      <label>
        {t(text.state)}
        <select
          value={state ?? ''}
          onChange={(event) => onState((event.target.value || undefined) as State | undefined)}
        >
          <option value="">{t(text.every)}</option>
          {names.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </search>
  )
}

function Replay({ id, from, onClose }: { id: string; from: string; onClose: () => void }) {
  const { t } = useWords()
  const params = { path: { id } }
  return (
    <Ask
      title={t(text.replayTitle)}
      act={t(text.replayAct)}
      work={() => unwrap(api.POST('/v1/webhooks/{id}/replay', { params, body: { from } }))}
      onClose={onClose}
    >
      <p>{t(text.replayEffect, { event: from })}</p>
    </Ask>
  )
}
