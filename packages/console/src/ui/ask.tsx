/** Asks before something is done, does it, and goes away; what hinders it is told in place. */
import type { ReactNode } from 'react'
import { useAct } from './act.js'
import { Dialog } from './dialog.js'

export interface AskProps<Output> {
  title: string
  /** What will happen. */
  children: ReactNode
  /** Words of the button that does it. */
  act: string
  isDanger?: boolean
  work: () => Promise<Output>
  /** Without it the dialog only closes. */
  onDone?: (output: Output) => void
  onClose: () => void
}

export function Ask<Output>({ work, onDone, onClose, ...dialog }: AskProps<Output>) {
  const { run, isBusy, failure } = useAct(work, onDone ?? onClose)
  return (
    <Dialog {...dialog} isBusy={isBusy} failure={failure} onAct={() => run(undefined)} onClose={onClose} />
  )
}
