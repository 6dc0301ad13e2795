/** All emoji, found by their names. The list is loaded when it is first needed, and kept. */
import { useEffect, useState, type ReactNode } from 'react'
import { EmptyState, TextField } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import styles from './conversation.module.css'

interface Emoji {
  unicode: string
  label: string
  words: string
}

/** More than a screenful is found by typing. */
const MAX_SHOWN = 150

export interface EmojiDialogProps {
  isOpen: boolean
  onClose: () => void
  onChoose: (emoji: string) => void
}

export function EmojiDialog({ isOpen, onClose, onChoose }: EmojiDialogProps): ReactNode {
  return (
    <Dialog title="Add a reaction" isOpen={isOpen} onClose={onClose}>
      <EmojiGrid
        onChoose={(emoji) => {
          onChoose(emoji)
          onClose()
        }}
      />
    </Dialog>
  )
}

function EmojiGrid({ onChoose }: { onChoose: (emoji: string) => void }): ReactNode {
  const [all, setAll] = useState<readonly Emoji[]>([])
  const [search, setSearch] = useState('')
  useEffect(() => {
    void loadEmoji().then(setAll, globalThis.reportError)
  }, [])
  const wanted = search.trim().toLowerCase()
  const found = all.filter(({ words }) => words.includes(wanted)).slice(0, MAX_SHOWN)
  return (
    <>
      <TextField
        label="Find an emoji"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {found.length === 0 ? (
        <EmptyState title={all.length === 0 ? 'Getting the emoji…' : 'No emoji is called so'} />
      ) : (
        <div className={styles.emoji}>
          {found.map(({ unicode, label }) => (
            <button
              key={unicode}
              type="button"
              aria-label={label}
              title={label}
              onClick={() => onChoose(unicode)}
            >
              {unicode}
            </button>
          ))}
        </div>
      )}
    </>
  )
}

async function loadEmoji(): Promise<Emoji[]> {
  const { default: data } = await import('emojibase-data/en/compact.json')
  return data
    .filter(({ group }) => group !== undefined)
    .toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0))
    .map(({ unicode, label, tags = [] }) => ({
      unicode,
      label,
      words: [label, ...tags].join(' ').toLowerCase(),
    }))
}
