/** A button behind which the reader is asked before something is done. */
import { useState } from 'react'
import { Ask, type AskProps } from './ask.js'

interface AskButtonProps<Output> extends Omit<AskProps<Output>, 'onClose' | 'onDone'> {
  /** Words of the button that opens the question. */
  open: string
  className?: string
  isDisabled?: boolean
}

export function AskButton<Output>({ open, className, isDisabled, ...ask }: AskButtonProps<Output>) {
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <button type="button" className={className} disabled={isDisabled} onClick={() => setIsAsking(true)}>
        {open}
      </button>
      {isAsking && <Ask {...ask} onClose={() => setIsAsking(false)} />}
    </>
  )
}
