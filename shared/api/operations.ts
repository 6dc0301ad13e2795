/**
 * REST contract: what our own browser code asks, by method and address. Its client is typed by this
 * table, and a test holds the table against the OpenAPI document of the routes.
 */
import { z } from 'zod'
import {
  claimRequestSchema,
  claimResponseSchema,
  nothingSchema,
  signedInResponseSchema,
  signedOutResponseSchema,
  signInRequestSchema,
  signUpRequestSchema,
} from './auth.ts'
import {
  addMemberRequestSchema,
  channelSchema,
  createChannelRequestSchema,
  listChannelsQuerySchema,
  listChannelsResponseSchema,
  listMembersResponseSchema,
} from './channels.ts'
import { dmSchema, listDmsQuerySchema, listDmsResponseSchema, startDmRequestSchema } from './dms.ts'
import {
  listMessagesQuerySchema,
  listMessagesResponseSchema,
  locatedMessageSchema,
} from './messages.ts'
import { pageQuerySchema } from './paging.ts'
import { markReadRequestSchema, readingSchema } from './reading.ts'
import {
  magicLinkResponseSchema,
  mailedTokenQuerySchema,
  mailRequestSchema,
  mailResponseSchema,
  providerRequestSchema,
  providerResponseSchema,
  resetPasswordRequestSchema,
  verifiedResponseSchema,
} from './sign-in-ways.ts'
import { listUsersQuerySchema, listUsersResponseSchema, meSchema } from './users.ts'
import { createSampleResponseSchema, workspaceResponseSchema } from './workspace.ts'

export interface Operation {
  query?: z.ZodType
  body?: z.ZodType
  /** Left out where the answer has no body. */
  response?: z.ZodType
}

const signIn = { body: signInRequestSchema, response: signedInResponseSchema }
const askForMail = { body: mailRequestSchema, response: mailResponseSchema }
const page = { query: listMessagesQuerySchema, response: listMessagesResponseSchema }
const markRead = { body: markReadRequestSchema, response: readingSchema }

export const operations = {
  'POST /auth/sign-up/email': {
    body: signUpRequestSchema,
    response: z.union([signedInResponseSchema, mailResponseSchema]),
  },
  'POST /auth/sign-in/email': signIn,
  'POST /auth/sign-out': { body: nothingSchema, response: signedOutResponseSchema },
  'POST /auth/claim': { body: claimRequestSchema, response: claimResponseSchema },
  'POST /auth/sign-in/magic-link': askForMail,
  'POST /auth/request-password-reset': askForMail,
  'POST /auth/reset-password': { body: resetPasswordRequestSchema, response: mailResponseSchema },
  'GET /auth/magic-link/verify': {
    query: mailedTokenQuerySchema,
    response: magicLinkResponseSchema,
  },
  'GET /auth/verify-email': { query: mailedTokenQuerySchema, response: verifiedResponseSchema },
  'POST /auth/sign-in/social': { body: providerRequestSchema, response: providerResponseSchema },

  'GET /users/me': { response: meSchema },
  'GET /users': { query: listUsersQuerySchema, response: listUsersResponseSchema },
  'GET /channels': { query: listChannelsQuerySchema, response: listChannelsResponseSchema },
  'POST /channels': { body: createChannelRequestSchema, response: channelSchema },
  'GET /channels/{id}': { response: channelSchema },
  'GET /channels/{id}/members': { query: pageQuerySchema, response: listMembersResponseSchema },
  'POST /channels/{id}/members': { body: addMemberRequestSchema },
  'DELETE /channels/{id}/members/{userId}': {},
  'GET /dm': { query: listDmsQuerySchema, response: listDmsResponseSchema },
  'POST /dm': { body: startDmRequestSchema, response: dmSchema },
  'GET /dm/{id}': { response: dmSchema },
  'GET /channels/{id}/messages': page,
  'GET /dm/{id}/messages': page,
  'GET /channels/{id}/messages/{messageId}': { response: locatedMessageSchema },
  'GET /dm/{id}/messages/{messageId}': { response: locatedMessageSchema },
  'POST /channels/{id}/read': markRead,
  'POST /dm/{id}/read': markRead,
  'GET /workspace': { response: workspaceResponseSchema },
  'POST /workspace/sample': { response: createSampleResponseSchema },
} as const satisfies Record<`${string} /${string}`, Operation>

export type OperationName = keyof typeof operations
