/** The OpenAPI description of what better-auth answers; the routes themselves are its own. */
import type { RouteConfig } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  changePasswordRequestSchema,
  nothingSchema,
  profileSchema,
  revokedResponseSchema,
  revokeSessionRequestSchema,
  sessionSchema,
  signedInResponseSchema,
  signedOutResponseSchema,
  signInRequestSchema,
  signUpRequestSchema,
} from '../../shared/api/auth.ts'
import {
  callbackParamsSchema,
  callbackQuerySchema,
  magicLinkResponseSchema,
  mailedTokenQuerySchema,
  mailRequestSchema,
  mailResponseSchema,
  providerRequestSchema,
  providerResponseSchema,
  resetPasswordRequestSchema,
  verifiedResponseSchema,
} from '../../shared/api/sign-in-ways.ts'
import { json, jsonBody, problem, problemResponses, type ApiApp } from './api-context.ts'

const security = [{ session: [] }]

const mailed = 'Sent, if anybody has this address: the answer is the same if not'
const mailedToProve =
  'Where addresses have to be proven first: a mail is on its way, whether or not anybody has this one'
const providerPage = 'The page of the provider, to which the browser goes next'
const notConfigured = problem('The server has no mail server or no such provider')

const routes: RouteConfig[] = [
  {
    method: 'post',
    path: '/auth/sign-up/email',
    summary: 'Sign up; the first person owns the workspace',
    request: { body: jsonBody(signUpRequestSchema) },
    responses: {
      200: json(signedInResponseSchema, 'Signed up and in, by the cookie'),
      202: json(mailResponseSchema, mailedToProve),
    },
  },
  {
    method: 'post',
    path: '/auth/sign-in/email',
    summary: 'Sign in',
    request: { body: jsonBody(signInRequestSchema) },
    responses: { 200: json(signedInResponseSchema, 'Signed in, by the cookie') },
  },
  {
    method: 'post',
    path: '/auth/sign-out',
    summary: 'Sign out; open connections of the session end',
    security,
    request: { body: jsonBody(nothingSchema) },
    responses: { 200: json(signedOutResponseSchema, 'Signed out') },
  },
  {
    method: 'get',
    path: '/auth/list-sessions',
    summary: "List one's sessions",
    security,
    responses: { 200: json(z.array(sessionSchema), 'The sessions that have not ended') },
  },
  {
    method: 'post',
    path: '/auth/revoke-session',
    summary: "End one of one's sessions; its open connections end",
    security,
    request: { body: jsonBody(revokeSessionRequestSchema) },
    responses: { 200: json(revokedResponseSchema, 'Ended') },
  },
  {
    method: 'post',
    path: '/auth/revoke-other-sessions',
    summary: "End all of one's sessions but this one",
    security,
    request: { body: jsonBody(nothingSchema) },
    responses: { 200: json(revokedResponseSchema, 'Ended') },
  },
  {
    method: 'post',
    path: '/auth/update-user',
    summary: "Change one's name or picture",
    security,
    request: { body: jsonBody(profileSchema) },
    responses: { 200: json(revokedResponseSchema, 'Changed') },
  },
  {
    method: 'post',
    path: '/auth/change-password',
    summary: "Change one's password, and end one's other sessions if wanted",
    security,
    request: { body: jsonBody(changePasswordRequestSchema) },
    responses: { 200: json(signedInResponseSchema, 'Changed') },
  },
  {
    method: 'post',
    path: '/auth/request-password-reset',
    summary: 'Have a link mailed by which one chooses a new password',
    request: { body: jsonBody(mailRequestSchema) },
    responses: { 200: json(mailResponseSchema, mailed), 501: notConfigured },
  },
  {
    method: 'post',
    path: '/auth/reset-password',
    summary: 'Choose a new password by the link; all sessions end',
    request: { body: jsonBody(resetPasswordRequestSchema) },
    responses: { 200: json(mailResponseSchema, 'Changed'), 501: notConfigured },
  },
  {
    method: 'post',
    path: '/auth/send-verification-email',
    summary: "Have a link mailed that proves one's own address",
    security,
    request: { body: jsonBody(mailRequestSchema) },
    responses: { 200: json(mailResponseSchema, 'Sent'), 501: notConfigured },
  },
  {
    method: 'get',
    path: '/auth/verify-email',
    summary: "Prove one's own address by the link",
    security,
    request: { query: mailedTokenQuerySchema },
    responses: { 200: json(verifiedResponseSchema, 'Proven'), 501: notConfigured },
  },
  {
    method: 'post',
    path: '/auth/sign-in/magic-link',
    summary: 'Have a link mailed that signs in',
    request: { body: jsonBody(mailRequestSchema) },
    responses: { 200: json(mailResponseSchema, mailed), 501: notConfigured },
  },
  {
    method: 'get',
    path: '/auth/magic-link/verify',
    summary: 'Sign in by the link',
    request: { query: mailedTokenQuerySchema },
    responses: {
      200: json(magicLinkResponseSchema, 'Signed in, by the cookie'),
      501: notConfigured,
    },
  },
  {
    method: 'post',
    path: '/auth/sign-in/social',
    summary: 'Begin to sign in with a provider',
    request: { body: jsonBody(providerRequestSchema) },
    responses: { 200: json(providerResponseSchema, providerPage), 501: notConfigured },
  },
  {
    method: 'post',
    path: '/auth/link-social',
    summary: 'Begin to make a provider a way to sign in, beside those that one has',
    security,
    request: { body: jsonBody(providerRequestSchema) },
    responses: { 200: json(providerResponseSchema, providerPage), 501: notConfigured },
  },
  {
    method: 'get',
    path: '/auth/callback/{id}',
    summary: 'Where a provider sends the browser back to',
    request: {
      params: callbackParamsSchema,
      query: callbackQuerySchema,
    },
    responses: {
      302: { description: 'To `callbackURL`, signed in by the cookie; or with `error`, and not' },
    },
  },
]

const patterns = routes.map(
  ({ method, path }) => new RegExp(`^${method} ${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
)

/** Whether better-auth may answer: it has more routes than are limited and described here. */
export function isAuthRoute(method: string, path: string): boolean {
  return patterns.some((pattern) => pattern.test(`${method.toLowerCase()} ${path}`))
}

export function describeAuth({ openAPIRegistry }: ApiApp): void {
  for (const route of routes) {
    openAPIRegistry.registerPath({
      ...route,
      responses: { ...route.responses, ...problemResponses },
    })
  }
}
