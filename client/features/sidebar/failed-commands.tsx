/** What was asked for while offline and answered with no, until the person has read it. */
import type { ReactNode } from 'react'
import { useFailedCommands } from '../../store/directory-commands.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { Button, Notice, NoticeButtons } from '../../ui/controls.tsx'

export function FailedCommands(): ReactNode {
  const { failed, retry, dismiss } = useFailedCommands()
  return failed.map(({ id, what, error }) => (
    <Notice key={id} kind="failure">
      <p>
        {what} {sentenceForError(error)}
      </p>
      <NoticeButtons>
        <Button isSmall onClick={() => retry(id)}>
          Retry
        </Button>
        <Button isSmall onClick={() => dismiss(id)}>
          Dismiss
        </Button>
      </NoticeButtons>
    </Notice>
  ))
}
