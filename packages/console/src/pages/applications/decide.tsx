/** Approve or reject, one or many: always after saying what will happen. */
import { type ReactNode, useState } from 'react'
import type { Schemas } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { TickBar, type Ticks } from '../../ui/ticks.js'
import { DecideDialog, type DecideProps, type Decision } from './decide-dialog.js'

type Application = Schemas['Application']

const text = {
  all: { ja: '表示中の承認待ち{total}件をすべて選択', en: 'Select all {total} shown that wait' },
  approve: { ja: '承認…', en: 'Approve…' },
  reject: { ja: '却下…', en: 'Reject…' },
}

/** Opens the dialog about these. */
export type Ask = (decision: Decision, applications: readonly Application[]) => void

/** The dialog is about what was chosen when it opened, whatever the list below shows meanwhile. */
export function useDeciding(): { ask: Ask; dialog: ReactNode } {
  const [asked, setAsked] = useState<Omit<DecideProps, 'onClose'>>()
  return {
    ask: (decision, applications) => setAsked({ decision, applications }),
    dialog: asked && <DecideDialog {...asked} onClose={() => setAsked(undefined)} />,
  }
}

interface DecideButtonsProps {
  applications: readonly Application[]
  mayApprove?: boolean
  onAsk: Ask
}

export function DecideButtons({ applications, mayApprove = true, onAsk }: DecideButtonsProps) {
  const { t } = useWords()
  const isIdle = applications.length === 0
  return (
    <>
      {mayApprove && (
        <button
          type="button"
          className="primary"
          disabled={isIdle}
          onClick={() => onAsk('approve', applications)}
        >
          {t(text.approve)}
        </button>
      )}
      <button
        type="button"
        className="danger"
        disabled={isIdle}
        onClick={() => onAsk('reject', applications)}
      >
        {t(text.reject)}
      </button>
    </>
  )
}

export const DecideBar = ({ ticks, onAsk }: { ticks: Ticks<Application>; onAsk: Ask }) => (
  <TickBar ticks={ticks} all={text.all}>
    <DecideButtons applications={ticks.chosen} onAsk={onAsk} />
  </TickBar>
)
