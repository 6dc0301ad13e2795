/** One form being sent: busy while it is, and the sentence for what went wrong. */
import { useState } from 'react'
import { sentenceForError } from '../../store/error-sentences.ts'

export interface Submit {
  isBusy: boolean
  error: string | undefined
  run: (action: () => Promise<void>) => Promise<void>
}

/** `sentenceOf` may answer for errors that mean something special in this form. */
export function useSubmit(sentenceOf: (error: unknown) => string = sentenceForError): Submit {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  return {
    isBusy,
    error,
    async run(action) {
      setBusy(true)
      setError(undefined)
      try {
        await action()
      } catch (thrown) {
        setError(sentenceOf(thrown))
      } finally {
        setBusy(false)
      }
    },
  }
}
