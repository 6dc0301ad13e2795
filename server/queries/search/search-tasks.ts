/** What passes between the server's thread and those that search. */
import type { SearchMessagesResponse } from '../../../shared/api/search.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import type { SearchRequest } from './search-messages.ts'

export interface SearchThreadData {
  databasePath: string
  /** Shared by both: the number of the task whose answer nobody waits for. */
  abandoned: Int32Array
}

export interface SearchTask {
  number: number
  request: Omit<SearchRequest, 'isAbandoned'>
}

export type SearchAnswer = { number: number } & (
  | { response: SearchMessagesResponse }
  | { refusal: ErrorCode; message: string }
  | { fault: string }
)
