/** The way to what could not be delivered, also where one is no longer let in. */
import { AlertCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Conversation } from '../../../shared/document/names.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { useConversationFacts } from '../../store/use-conversation-facts.ts'
import { useEngineStatus } from '../../store/use-engine.ts'
import styles from './sidebar.module.css'

export function UndeliveredList(): ReactNode {
  const { refusedIn } = useEngineStatus()
  if (refusedIn.length === 0) return null
  return (
    <>
      <div className={styles.section}>
        <h2>Not delivered</h2>
      </div>
      <ul className={styles.list}>
        {refusedIn.map((conversation) => (
          <li key={conversation.id}>
            <UndeliveredLink conversation={conversation} />
          </li>
        ))}
      </ul>
    </>
  )
}

function UndeliveredLink({ conversation }: { conversation: Conversation }): ReactNode {
  const { name, channel, dm } = useConversationFacts(conversation)
  const isKnown = channel !== undefined || dm !== undefined
  return (
    <Link href={formatPath(conversation)} className={styles.link} data-failed>
      <AlertCircle size={16} />
      <span className={styles.name}>{isKnown ? name : 'A conversation you are no longer in'}</span>
    </Link>
  )
}
