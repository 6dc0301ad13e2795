/** What stands where a conversation would: how to begin, and on a first start an offer. */
import type { ReactNode } from 'react'
import { mayInWorkspace } from '../../../shared/guard/permissions.ts'
import { useChannels, useMe } from '../../store/directory-queries.ts'
import { useCreateSample } from '../../store/directory-commands.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { usePageTitle } from '../../store/use-page-title.ts'
import { Button, EmptyState, Notice } from '../../ui/controls.tsx'

export function Welcome(): ReactNode {
  const { items, isLoading, error } = useChannels()
  const me = useMe()
  usePageTitle(undefined)
  if (isLoading) return <EmptyState title="Getting your conversations" />
  if (items.length > 0) {
    return (
      <EmptyState title="Choose a conversation">
        <p>They are all on this device, and open without the network too.</p>
      </EmptyState>
    )
  }
  if (error !== null) {
    return (
      <EmptyState title="Your conversations could not be read">
        <p>The list says why, and tries again when you ask it to.</p>
      </EmptyState>
    )
  }
  if (!mayInWorkspace(me.role, 'fillWorkspace')) {
    return (
      <EmptyState title="There is no channel yet">
        <p>Create the first one with + beside “Channels”.</p>
      </EmptyState>
    )
  }
  return <FirstStart />
}

function FirstStart(): ReactNode {
  const { mutate, isPending, error } = useCreateSample()
  return (
    <EmptyState title="Your workspace is ready">
      <p>
        Create a channel with + beside “Channels”, or look around first: the sample has invented
        people, channels and messages.
      </p>
      {error === null ? null : (
        <Notice kind="failure">
          <p>{sentenceForError(error)}</p>
        </Notice>
      )}
      <Button look="primary" disabled={isPending} onClick={() => mutate()}>
        {isPending ? 'Filling in the sample…' : 'Fill in a sample'}
      </Button>
    </EmptyState>
  )
}
