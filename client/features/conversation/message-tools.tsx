/** What can be done with a message, as far as the guard would allow it. */
import {
  Copy,
  Link,
  MessageSquareReply,
  MoreHorizontal,
  Pencil,
  Pin,
  SmilePlus,
  Trash2,
} from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { mayDeleteMessage, mayEditMessage } from '../../../shared/guard/judge-message.ts'
import type { MessageView } from '../../engine/engine-interface.ts'
import { formatMessagePath } from '../../store/conversation-path.ts'
import { Button, IconButton, TextField } from '../../ui/controls.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { copyText } from '../../ui/copy-text.ts'
import { Menu, type MenuItem } from '../../ui/menu.tsx'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { EmojiDialog } from './emoji-dialog.tsx'
import { useTabIndex } from './tab-stop.ts'
import { usePlainText } from './use-plain-text.ts'

const QUICK_EMOJI = ['👍', '🎉', '❤️']

export interface MessageToolsProps {
  view: MessageView
  onEdit: () => void
  onReply: (() => void) | undefined
}

export function MessageTools({ view, onEdit, onReply }: MessageToolsProps): ReactNode {
  const { conversation, handle, facts, announce } = useConversationView()
  const [dialog, setDialog] = useState<'emoji' | 'delete' | 'link'>()
  const plainText = usePlainText()
  const tabIndex = useTabIndex()
  const { actor } = facts
  const { id, record, isPinned, delivery } = view
  const canWrite = actor.access.writeDenial === undefined && delivery.state !== 'refused'
  const { origin } = globalThis.location
  const link = `${origin}${formatMessagePath(conversation, id)}`
  const copyLink = async (): Promise<void> => {
    if (await copyText(link)) announce('Link copied')
    else setDialog('link')
  }

  const items: MenuItem[] = [
    ...(canWrite
      ? [
          {
            label: 'Add a reaction',
            icon: <SmilePlus size={16} />,
            onSelect: () => setDialog('emoji'),
          },
        ]
      : []),
    ...(onReply !== undefined && delivery.state !== 'refused'
      ? [{ label: 'Reply in thread', icon: <MessageSquareReply size={16} />, onSelect: onReply }]
      : []),
    {
      label: 'Copy text',
      icon: <Copy size={16} />,
      onSelect: () => void copyText(plainText(record.content)),
    },
    // Nobody else could open what the server did not take.
    ...(delivery.state === 'refused'
      ? []
      : [{ label: 'Copy link', icon: <Link size={16} />, onSelect: () => void copyLink() }]),
    ...(canWrite && actor.access.canPin
      ? [
          {
            label: isPinned ? 'Unpin' : 'Pin',
            icon: <Pin size={16} />,
            onSelect: () => handle?.setPinned(id, !isPinned),
          },
        ]
      : []),
    ...(canWrite && mayEditMessage(record, actor)
      ? [{ label: 'Edit message', icon: <Pencil size={16} />, onSelect: onEdit }]
      : []),
    ...(canWrite && mayDeleteMessage(record, actor)
      ? [
          {
            label: 'Delete message',
            icon: <Trash2 size={16} />,
            isDangerous: true,
            onSelect: () => setDialog('delete'),
          },
        ]
      : []),
  ]

  return (
    <div className={styles.tools}>
      {canWrite
        ? QUICK_EMOJI.map((emoji) => (
            <IconButton
              key={emoji}
              label={`React with ${emoji}`}
              className={styles.quick}
              tabIndex={tabIndex}
              onClick={() => handle?.setReaction(id, emoji, true)}
            >
              {emoji}
            </IconButton>
          ))
        : null}
      {onReply === undefined || delivery.state === 'refused' ? null : (
        <IconButton
          label="Reply in thread"
          className={styles.quick}
          tabIndex={tabIndex}
          onClick={onReply}
        >
          <MessageSquareReply size={18} />
        </IconButton>
      )}
      <Menu
        trigger={
          <IconButton label="More actions" tabIndex={tabIndex}>
            <MoreHorizontal size={18} />
          </IconButton>
        }
        items={items}
      />
      <EmojiDialog
        isOpen={dialog === 'emoji'}
        onClose={() => setDialog(undefined)}
        onChoose={(emoji) => handle?.setReaction(id, emoji, true)}
      />
      <Dialog
        title="Link to this message"
        isOpen={dialog === 'link'}
        onClose={() => setDialog(undefined)}
      >
        <TextField
          label="Link"
          hint="This browser does not let pages copy: copy it from here."
          readOnly
          value={link}
          onFocus={({ target }) => target.select()}
        />
      </Dialog>
      <Dialog
        title="Delete this message?"
        isOpen={dialog === 'delete'}
        onClose={() => setDialog(undefined)}
      >
        <p>It disappears for everybody. This cannot be undone.</p>
        <DialogActions>
          <Button onClick={() => setDialog(undefined)}>Cancel</Button>
          <Button
            look="danger"
            onClick={() => {
              handle?.remove(id)
              setDialog(undefined)
            }}
          >
            Delete
          </Button>
        </DialogActions>
      </Dialog>
    </div>
  )
}
