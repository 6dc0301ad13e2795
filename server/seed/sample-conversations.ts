/** What the people of the invented sample workspace said. All of it is made up for this purpose. */

export interface SampleMessage {
  by: string
  text: string
  /** Minutes since the message before. */
  after: number
  /** An index in the same conversation: the message that this one answers in its thread. */
  inThreadOf?: number
  /** What it said before it was edited. */
  before?: string
  reactions?: Record<string, string[]>
}

export interface SampleConversation {
  slug: string
  name: string
  description: string
  isPrivate?: boolean
  messages: readonly SampleMessage[]
}

export const sampleChannels: readonly SampleConversation[] = [
  {
    slug: 'general',
    name: 'general',
    description: 'For everybody at Skerry Light',
    messages: [
      {
        by: 'ines',
        after: 0,
        text: 'Welcome to **Skerry Light**! This is an invented workspace to look around in: write, reply, react, switch the network off and go on writing.',
      },
      {
        by: 'freja',
        after: 3,
        text: 'Välkomna! The café opens at ten, and there are cinnamon buns.',
        reactions: { '❤️': ['ines', 'kofi', 'tomoko'], '🥐': ['amir'] },
      },
      {
        by: 'tomoko',
        after: 2,
        text: 'おはようございます。今日の満潮は午前九時十二分です。潮の流れが速いので気をつけてください。',
      },
      {
        by: 'amir',
        after: 4,
        text: 'صباح الخير، القارب جاهز بعد إصلاح المحرك.',
        reactions: { '👍': ['ines', 'freja'] },
      },
      {
        by: 'kofi',
        after: 1,
        text: 'Lamp check done:\n\n- main lens cleaned\n- spare bulb **ordered**\n- generator ran for ~~10~~ 12 minutes',
        before: 'Lamp check done:\n\n- main lens cleaned\n- spare bulb ordered',
      },
      {
        by: 'ines',
        after: 30,
        text: 'Who can take the school class on Thursday? Twenty children, about an hour.',
      },
      {
        by: 'freja',
        after: 5,
        inThreadOf: 5,
        text: 'I can, if somebody watches the café meanwhile.',
      },
      {
        by: 'kofi',
        after: 2,
        inThreadOf: 5,
        text: 'I will. How hard can coffee be?',
        reactions: { '😂': ['freja', 'ines', 'amir'] },
      },
      { by: 'freja', after: 1, inThreadOf: 5, text: 'You will find out. ☕' },
      {
        by: 'ines',
        after: 55,
        text: '<@channel> The supply boat comes a day early this week: please put your lists in #supplies by tonight.',
      },
    ],
  },
  {
    slug: 'lamp-room',
    name: 'lamp-room',
    description: 'Everything electric, and the code that turns the lamp',
    messages: [
      {
        by: 'kofi',
        after: 0,
        text: 'The rotation controller drifts by about two seconds an hour. This is the loop:\n\n```ts\nconst periodMs = 15_000\nlet next = performance.now()\nwhile (isRunning) {\n  turnBy(1)\n  next += periodMs / 360\n  await sleepUntil(next)\n}\n```',
      },
      {
        by: 'tomoko',
        after: 9,
        text: 'Is `sleepUntil` rounding to whole milliseconds? `15000 / 360` is 41.67, so that alone would be 0.33 ms a step.',
      },
      {
        by: 'kofi',
        after: 3,
        text: 'That is it. 😮 It rounds down.',
        reactions: { '🎉': ['tomoko', 'ines'], '🔧': ['amir'] },
      },
      {
        by: 'kofi',
        after: 40,
        inThreadOf: 2,
        text: 'Fixed by keeping `next` as a fraction and rounding only in the call. Drift after one hour: not measurable.',
      },
      { by: 'tomoko', after: 2, inThreadOf: 2, text: '完璧!' },
      {
        by: 'amir',
        after: 200,
        text: 'For whoever is on watch: the characteristic is *Fl(2) 15s*, as explained at <https://en.wikipedia.org/wiki/Light_characteristic>.',
      },
      {
        by: 'logbook',
        after: 300,
        text: 'Wind **SW 5**, gusts 7 · pressure 1008 hPa, falling · visibility good',
      },
      {
        by: 'ines',
        after: 6,
        text: '> pressure 1008 hPa, falling\n\nLet us take the flag in before dark.',
        reactions: { '👀': ['freja'] },
      },
    ],
  },
  {
    slug: 'supplies',
    name: 'supplies',
    description: 'What the boat shall bring',
    messages: [
      {
        by: 'freja',
        after: 0,
        text: '1. Flour, 10 kg\n2. Oat milk\n3. A new kettle, the old one sings',
      },
      {
        by: 'kofi',
        after: 12,
        text: '| what | how many |\n| --- | --- |\n| bulb 1000 W | 2 |\n| fuse 16 A | 10 |\n| cable ties | a bag |',
      },
      {
        by: 'amir',
        after: 25,
        text: 'Engine oil, and фильтр for the pump. Anything that fits M12.',
        before: 'Engine oil.',
      },
      {
        by: 'tomoko',
        after: 8,
        text: 'Paper for the tide printer. ขอบคุณค่ะ',
        reactions: { '✅': ['ines'] },
      },
      { by: 'ines', after: 90, text: 'Ordered. The boat is expected at 07:40 if the sea allows.' },
    ],
  },
  {
    slug: 'keepers',
    name: 'keepers',
    description: 'Rota and keys; by invitation',
    isPrivate: true,
    messages: [
      { by: 'ines', after: 0, text: 'Night rota: Mon–Tue Kofi, Wed–Thu Tomoko, Fri–Sun me.' },
      { by: 'kofi', after: 15, text: 'Can we swap Tuesday? My sister visits.' },
      {
        by: 'tomoko',
        after: 4,
        inThreadOf: 1,
        text: '大丈夫です、火曜日は私がやります。',
        reactions: { '🙏': ['kofi'] },
      },
    ],
  },
]
