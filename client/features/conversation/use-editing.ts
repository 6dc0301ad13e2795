/** Which messages are open for editing: longer than their rows are on the screen, and than a reload. */
import { useMemo, useState } from 'react'
import type { ConversationId, MessageId } from '../../../shared/ids.ts'
import { listEditDrafts } from '../../store/draft.ts'
import { useWorkspace } from '../../store/workspace-context.ts'

export interface Editing {
  ids: ReadonlySet<MessageId>
  start: (id: MessageId) => void
  end: (id: MessageId) => void
}

export function useEditing(conversationId: ConversationId): Editing {
  const { me } = useWorkspace()
  const [ids, setIds] = useState(() => listEditDrafts(me.id, conversationId))
  return useMemo(
    () => ({
      ids,
      start: (id) => setIds((before) => new Set([...before, id])),
      end: (id) => setIds((before) => new Set([...before].filter((each) => each !== id))),
    }),
    [ids],
  )
}
