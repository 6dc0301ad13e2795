/** What passes between the server's thread and the one that searches. */
import type { SearchMessagesResponse } from '../../../shared/api/search.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import type { SearchRequest } from './search-messages.ts'

export interface SearchTask {
  number: number
  request: SearchRequest
}

export type SearchAnswer = { number: number } & (
  | { response: SearchMessagesResponse }
  | { refusal: ErrorCode; message: string }
  | { fault: string }
)
