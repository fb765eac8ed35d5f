/** One thing to be done: whether it is under way, and why it failed. */
import type { ReactNode } from 'react'
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
  return {
    run: (input) => mutate(input, onDone ? { onSuccess: onDone } : {}),
    isBusy: isPending,
    failure: error && <Failed error={error} />,
  }
}
