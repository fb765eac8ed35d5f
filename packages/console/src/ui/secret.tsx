import { CopyButton } from './copy.js'

/** A value to be taken away. @param what names it to those who do not see it beside the button */
export const Secret = ({ value, what }: { value: string; what: string }) => (
  <>
    <code className="hash">{value}</code> <CopyButton value={value} what={what} />
  </>
)
