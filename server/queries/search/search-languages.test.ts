import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { matchesQuery } from '../../../shared/search/match-message.ts'
import { parseSearchQuery } from '../../../shared/search/parse-query.ts'
import { message } from '../../../shared/testing/updates.ts'
import { openSearchStore, type SearchStore } from '../../testing/search-store.ts'

interface Case {
  language: string
  sentence: string
  finds: readonly string[]
  findsNot: readonly string[]
}

const cases: readonly Case[] = [
  {
    language: 'English',
    sentence: 'We’ll re-deploy the naïve façade at 3:30pm, don’t panic!',
    finds: [
      "we'll",
      'RE-DEPLOY',
      'naive',
      'facade',
      '3:30pm',
      "don't",
      'pan*',
      '"the naive facade"',
    ],
    findsNot: ['redeploy', 'pan', 'eploy*', '"naive the"', 'fa*cade'],
  },
  {
    language: 'German',
    sentence: 'Die Straßenbahn fährt zur Großbaustelle, schöne Grüße!',
    finds: [
      'strassenbahn',
      'STRASSENBAHN',
      'straßen*',
      'fahrt',
      'gross*',
      'Schöne',
      '"schone grusse"',
    ],
    findsNot: ['bahn', 'strasse', 'gruesse', 'baustelle'],
  },
  {
    language: 'Turkish',
    sentence: 'İSTANBUL’da ısınma toplantısı, Iğdır ve İzmir katılıyor',
    finds: [
      'istanbul',
      'ISTANBUL',
      'İstanbul',
      'isinma',
      'ISINMA',
      'ığdır',
      'IGDIR',
      'izmir',
      'katiliyor',
    ],
    findsNot: ['stanbul', 'toplantı'],
  },
  {
    language: 'Vietnamese',
    sentence: 'Cuộc họp được dời sang thứ Năm ở Đà Nẵng',
    finds: ['cuoc hop', 'Được', 'duoc', '"đà nẵng"', '"da nang"', 'thứ*'],
    findsNot: ['"nang da"', 'hopp'],
  },
  {
    language: 'Greek and Russian',
    sentence: 'Ο ΔΡΟΜΟΣ είναι ανοιχτός. Ёлка уже стоит, йод и чай',
    finds: ['δρόμος', 'δρομοσ', 'ειναι', 'ανοιχτος', 'елка', 'ЁЛКА', 'йод'],
    findsNot: ['δρόμο', 'иод', 'елк'],
  },
  {
    language: 'Chinese',
    sentence: '我们明天去北京大学图书馆开会，服务器今天凌晨宕机了。',
    finds: [
      '北京',
      '大学',
      '北京大学',
      '图书馆',
      '服务器',
      '宕机',
      '明天',
      '"图书馆开会"',
      '服*',
      '图书 开会',
    ],
    findsNot: ['北大', '书馆', '京大', '"大学北京"', '上海'],
  },
  {
    language: 'Japanese',
    sentence: '東京都の会議でﾃﾞﾌﾟﾛｲに失敗しました。３月１５日にＡＰＩを公開',
    finds: [
      '東京',
      '東京都',
      '会議',
      'デプロイ',
      'ﾃﾞﾌﾟﾛｲ',
      '失敗',
      '失敗しました',
      '3月15日',
      'api',
      'ａｐｉ',
      '公開',
    ],
    findsNot: ['京都', 'テプロイ', '大阪', '公'],
  },
  {
    language: 'Thai',
    sentence: 'พรุ่งนี้เรามีประชุมที่กรุงเทพมหานคร เวลา ๑๐ โมง',
    finds: ['ประชุม', 'พรุ่งนี้', 'กรุงเทพมหานคร', 'กรุงเทพ*', '"มีประชุม"', '10 โมง', '๑๐'],
    findsNot: ['กรุงเทพ', 'ชุม', 'เชียงใหม่'],
  },
  {
    language: 'Korean',
    sentence: '내일 회의에서 한국어를 발표합니다. 서울특별시청에서 만나요',
    finds: [
      '회의',
      '한국어',
      '발표',
      '서울',
      '발표합니다',
      '"내일 회의에서"',
      '회의'.normalize('NFD'),
    ],
    findsNot: ['의에서', '특별시', '"내일 회의"', '부산'],
  },
  {
    language: 'Arabic',
    sentence: 'سنجتمع غداً في المكتبة الكُبْرى مع أحمد ومحمــد عند الساعة ٣',
    finds: [
      'غدا',
      'المكتبة',
      'مكتبة',
      'مكتبه',
      'الكبرى',
      'كبري',
      'احمد',
      'أحمد',
      'محمد',
      'مُحَمَّد',
      'ساعة',
      '3',
    ],
    findsNot: ['كتب', '"في مكتبة"', 'حمد'],
  },
  {
    language: 'Hebrew',
    sentence: 'נפגשים בצה״ל מחר, וְהַשָּׁלוֹם לַמְּפַקֵּד ג׳ירפה',
    finds: ['צה״ל', 'צה"ל', 'צהל', 'בצה"ל', 'מחר', 'השלום', 'והשלום', 'שלום', 'מפקד', 'גירפה'],
    findsNot: ['"צהל"', '"צה״ל"*', 'חר', 'פקד'],
  },
  {
    language: 'Hindi',
    sentence: 'कल सुबह १० बजे बैठक होगी',
    finds: ['बैठक', 'सुबह', '10', 'बै*'],
    findsNot: ['बठक', 'शाम'],
  },
  {
    language: 'Emoji',
    sentence: 'Done 👍🏽 by 👩🏿‍💻 and 👨‍👩‍👧‍👦, ❤️ from 🇩🇪 1️⃣ 🎉🎉party',
    finds: [
      '👍',
      '👍🏻',
      '👩‍💻',
      '👩🏽‍💻',
      '👨‍👩‍👧‍👦',
      '❤',
      '❤️',
      '🇩🇪',
      '1',
      '🎉',
      'party',
      '"🎉 🎉"',
      'done 👍',
    ],
    findsNot: ['👎', '👩', '💻', '🇫🇷', '🇩', '👨‍💻', '-👍'],
  },
  {
    language: 'Several scripts',
    sentence: 'iPhone手机壳到货了 — Kubernetesクラスタを更新 v1.29.3 <b>ｗｉｄｅ</b> Café_東京',
    finds: [
      'iphone',
      '手机',
      '手机壳',
      'iPhone手机',
      'kubernetes',
      'クラスタ',
      '更新',
      'v1.29.3',
      'wide',
      'cafe',
      '東京',
      'cafe_東京',
    ],
    findsNot: ['phone', '手', 'スタ', '1.29.4'],
  },
]

let store: SearchStore
let ada: UserId
beforeAll(() => {
  store = openSearchStore()
  ada = store.addPerson('Ada')
  const channel = store.addChannel('general')
  for (const { sentence } of cases) {
    store.write(channel, store.nextId<MessageId>(), message(ada, { content: sentence }))
  }
})
afterAll(() => store.close())

describe.each(cases)('$language', ({ sentence, finds, findsNot }) => {
  const isFoundByIndex = (q: string): boolean =>
    store.search(ada, { q, limit: '100' }).results.some((each) => each.message.content === sentence)
  const isFoundByCode = (q: string): boolean =>
    matchesQuery(
      { ...parseSearchQuery(q), filters: [] },
      {
        ...{ conversationId: '', authorId: '', content: sentence, createdAt: 0 },
        ...{ hasFiles: false, hasReactions: false, isPinned: false, isReply: false },
      },
    )

  test.each(finds)('is found by %s, on both sides', (q) => {
    expect({ index: isFoundByIndex(q), code: isFoundByCode(q) }).toEqual({
      index: true,
      code: true,
    })
  })

  test.each(findsNot)('is not found by %s, on both sides', (q) => {
    expect({ index: isFoundByIndex(q), code: isFoundByCode(q) }).toEqual({
      ...{ index: false, code: false },
    })
  })
})
