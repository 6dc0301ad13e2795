/** From where a request comes, for the audit log. */
import type { RequestOrigin } from '../database/write-audit-entry.ts'
import { CLIENT_ADDRESS_HEADER } from './client-address.ts'

export function originOf(headers: Headers): RequestOrigin {
  return { ipAddress: headers.get(CLIENT_ADDRESS_HEADER), userAgent: headers.get('user-agent') }
}
