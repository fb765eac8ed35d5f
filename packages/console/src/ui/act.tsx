/** One thing to be done: whether it is under way, and why it failed. */
import { type ReactNode, useRef } from 'react'
import { useChange } from '../api/queries.js'
import { Failed } from './outcome.js'

interface Act<Input> {
  run: (input: Input) => void
  isBusy: boolean
  /** Where the reader is told of a failure; nothing before there is one. */
  failure: ReactNode
}

export function useAct<Input, Output>(
  work: (input: Input) => Promise<Output>,
  onDone?: (output: Output) => void,
): Act<Input> {
  const { mutate, isPending, error } = useChange(work)
  // A second click may come before the page shows that the first is under way.
  const isRunning = useRef(false)
  const run = (input: Input) => {
    if (isRunning.current) return
    isRunning.current = true
    mutate(input, {
      ...(onDone && { onSuccess: onDone }),
      onSettled: () => {
        isRunning.current = false
      },
    })
  }
  return {
    run,
    isBusy: isPending,
    failure: error && <Failed error={error} />,
  }
}
