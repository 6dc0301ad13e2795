/** Content of messages as one would say it: names instead of ids. */
import { useCallback } from 'react'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { plainText } from './mentions.ts'

export function usePlainText(): (content: string) => string {
  const { byId } = usePeople()
  return useCallback((content) => plainText(content, (id) => nameOf(id, byId)), [byId])
}
