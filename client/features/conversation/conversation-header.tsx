/** What conversation this is, the way back on a phone, and what can be done with it. */
import { ArrowLeft, LogOut, MoreVertical, Pin, UserPlus, Users } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useWayBack } from '../../store/way-back.ts'
import { usePresence } from '../../store/use-engine.ts'
import { IconButton } from '../../ui/controls.tsx'
import { Menu, type MenuItem } from '../../ui/menu.tsx'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { TITLE_ID } from './focus-conversation.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { AddPeopleDialog, MembersDialog } from './members-dialog.tsx'
import { PinsDialog } from './pins-dialog.tsx'

type OpenDialog = 'pins' | 'members' | 'add' | 'leave' | undefined

export function ConversationHeader(): ReactNode {
  const { facts } = useConversationView()
  const { goBack } = useWayBack()
  const [dialog, setDialog] = useState<OpenDialog>()
  const { channel, name } = facts
  const close = (): void => setDialog(undefined)
  const items: MenuItem[] = [
    { label: 'Pinned messages', icon: <Pin size={16} />, onSelect: () => setDialog('pins') },
    ...(channel === undefined
      ? []
      : [{ label: 'Members', icon: <Users size={16} />, onSelect: () => setDialog('members') }]),
    ...(channel === undefined || channel.myRole === null
      ? []
      : [
          { label: 'Add people', icon: <UserPlus size={16} />, onSelect: () => setDialog('add') },
          {
            label: 'Leave channel',
            icon: <LogOut size={16} />,
            onSelect: () => setDialog('leave'),
          },
        ]),
  ]
  return (
    <header className={styles.head}>
      <IconButton label="All conversations" className={styles.back} onClick={() => goBack('/')}>
        <ArrowLeft size={20} />
      </IconButton>
      <div className={styles.title}>
        <h1 id={TITLE_ID} tabIndex={-1}>
          {channel === undefined ? name : `# ${name}`}
        </h1>
        <About />
      </div>
      <Menu
        trigger={
          <IconButton label="Conversation menu">
            <MoreVertical size={20} />
          </IconButton>
        }
        items={items}
      />
      <PinsDialog isOpen={dialog === 'pins'} onClose={close} />
      {channel === undefined ? null : (
        <>
          <MembersDialog channel={channel} isOpen={dialog === 'members'} onClose={close} />
          <AddPeopleDialog channel={channel} isOpen={dialog === 'add'} onClose={close} />
          <LeaveDialog channel={channel} isOpen={dialog === 'leave'} onClose={close} />
        </>
      )}
    </header>
  )
}

function About(): ReactNode {
  const { facts } = useConversationView()
  const present = usePresence()
  const { channel, dm, actor } = facts
  if (channel !== undefined) return <p className={styles.about}>{channel.description}</p>
  const others = dm?.participantIds.filter((id) => id !== actor.userId) ?? []
  const online = others.filter((id) => present.has(id)).length
  if (online === 0) return null
  return <p className={styles.about}>{others.length === 1 ? 'Online' : `${online} online`}</p>
}
