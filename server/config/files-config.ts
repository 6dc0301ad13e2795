/** The part of the environment that says where uploaded files are kept and how large they may be. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { createSecret, type Secret } from './secret.ts'

const MEBIBYTE = 1_048_576
const SWEEP_INTERVAL_MS = 30_000

/** The variables of files, as a part of the whole environment's schema. */
export const filesEnvironment = {
  UPLOAD_MAX_SIZE_MB: z.coerce.number().int().min(1).max(5_000).default(10),
  UPLOAD_QUOTA_MB: z.coerce.number().int().min(1).default(2_000),
  S3_BUCKET: z.string().min(3).max(63).optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  S3_PATH_STYLE: z.stringbool().default(false),
}

/** What each of them must be, as it is said to who starts the server. */
export const filesExpectations: Record<keyof typeof filesEnvironment, string> = {
  UPLOAD_MAX_SIZE_MB: 'must be a whole number from 1 to 5000',
  UPLOAD_QUOTA_MB: 'must be a whole number from 1',
  S3_BUCKET: 'must be the name of a bucket, of 3 to 63 characters',
  S3_ENDPOINT: 'must be an address that begins with http:// or https://',
  S3_REGION: 'must be the name of a region',
  S3_ACCESS_KEY_ID: 'must not be empty',
  S3_SECRET_ACCESS_KEY: 'must be set where S3_ACCESS_KEY_ID is, and only there',
  S3_PATH_STYLE: 'must be true or false',
}

export interface FilesConfig {
  /** What is being received, and with the disk as store all files. */
  folder: string
  maxSizeBytes: number
  /** What all files of one person may take together. */
  quotaBytes: number
  /** How often bytes that nobody can read any more are looked for. */
  sweepIntervalMs: number
  /** Undefined: the store is the folder. */
  s3: S3Config | undefined
}

export interface S3Config {
  bucket: string
  /** Undefined: Amazon's own. */
  endpoint: string | undefined
  region: string
  /** Undefined: whatever the machine is given, such as a role. */
  credentials: { accessKeyId: string; secretAccessKey: Secret } | undefined
  /** The bucket stands in the path of addresses, not in their host. */
  isPathStyle: boolean
}

type FilesVariables = z.infer<z.ZodObject<typeof filesEnvironment>>

/** Tells whether the key of the store is there in whole or not at all. */
export function hasWholeKey(variables: FilesVariables): boolean {
  const { S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = variables
  return (S3_ACCESS_KEY_ID === undefined) === (S3_SECRET_ACCESS_KEY === undefined)
}

export function readFilesConfig(variables: FilesVariables, dataDir: string): FilesConfig {
  return {
    folder: resolve(dataDir, 'files'),
    maxSizeBytes: variables.UPLOAD_MAX_SIZE_MB * MEBIBYTE,
    quotaBytes: variables.UPLOAD_QUOTA_MB * MEBIBYTE,
    sweepIntervalMs: SWEEP_INTERVAL_MS,
    s3: readS3Config(variables),
  }
}

function readS3Config(variables: FilesVariables): S3Config | undefined {
  const { S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_PATH_STYLE } = variables
  if (S3_BUCKET === undefined) return undefined
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secret } = variables
  const hasKey = accessKeyId !== undefined && secret !== undefined
  return {
    bucket: S3_BUCKET,
    endpoint: S3_ENDPOINT,
    region: S3_REGION,
    credentials: hasKey ? { accessKeyId, secretAccessKey: createSecret(secret) } : undefined,
    isPathStyle: S3_PATH_STYLE,
  }
}
