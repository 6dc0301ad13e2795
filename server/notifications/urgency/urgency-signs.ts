/**
 * What a text shows that makes it urgent, or speaks against that, and how much each weighs. Each sign is
 * one idea, said in English, German, French and Spanish, and counts once. No sign of the lighter half
 * makes a message urgent by itself: something has to be wrong, and to be wanted or running out. Pure.
 */

export interface UrgencySign {
  weight: number
  pattern: RegExp
}

/** Whole words and phrases, in whatever script: `\b` knows English letters alone. */
function sign(weight: number, ...phrases: readonly string[]): UrgencySign {
  const source = `(?<![\\p{L}\\p{N}])(?:${phrases.join('|')})(?![\\p{L}\\p{N}])`
  return { weight, pattern: new RegExp(source, 'u') }
}

/** Two ideas in one clause, in this order. */
const inClause = (one: string, other: string): string =>
  `(?:${one})(?![\\p{L}\\p{N}])[^.!?;\\n]{0,40}?\\s(?:${other})`

const count = String.raw`(?:\d+|a few|few|two|three|five|ten|fifteen|twenty|thirty|zwei|drei|fünf|zehn|deux|trois|cinq|dix|quinze|dos|tres|cinco|diez)`
const clock = String.raw`(?:noon|midday|midnight|\d{1,2}(?:[:.h]\d\d)?(?: ?(?:am|pm|h|uhr))?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|mittag|midi|mediodía)`

/** What many depend on. */
const service = String.raw`servers?|site|website|web|shop|log-?in|sign-?in|database|vpn|network|internet|payments?|checkout|card terminal|terminal|system|systems|app|api|portal|production|power|electricity|mail|e-?mails?|backup|disk|cluster|queue|replicas?|dns|platform|service|fridge|freezer|cold room|cooling|seite|webseite|netz|datenbank|strom|kühlung|kasse|serveur|réseau|base de données|caisse|courant|servidor|base de datos|sistema|caja|tienda|página`
const broken = String.raw`down|dead|offline|broken|unreachable|(?:not|n.t|no longer) (?:work|working|respond|responding|load|loading|resolve|start|open|available)|can(?:not|.t| not)(?: to)? \p{L}+|fail(?:s|ing|ed)|crash(?:es|ed|ing)|(?:returns?|shows?|throws?) (?:an? )?(?:5\d\d|errors?)|rejects?|refuses?|bounces?|lost|deleted|wiped|empty|full|out of (?:memory|space)|weg|tot|ausgefallen|kaputt|abgestürzt|(?:geht|läuft|funktioniert|antwortet) nicht|nimmt .{0,20}nicht an|tombée?|en panne|hors service|ne (?:marche|fonctionne|répond|peuvent) (?:plus|pas)|caíd[oa]|no (?:funciona|responde|carga)`

export const urgencySigns: readonly UrgencySign[] = [
  // Words that say it outright.
  sign(
    0.55,
    String.raw`urgent(?:ly)?|asap|emergency|immediately|right (?:now|away)|at once|as soon as you|sev ?[01]|p[01]|evacuate|mayday`,
    String.raw`sofort|dringend|notfall|umgehend|so schnell wie möglich`,
    String.raw`urgente?|urgence|tout de suite|immédiatement|au plus vite`,
    String.raw`urgentemente|emergencia|ahora mismo|cuanto antes|inmediatamente|de inmediato`,
  ),
  { weight: 0.55, pattern: /紧急|马上|立刻|至急|緊急/u },
  // People are hurt, or may be.
  sign(
    0.5,
    String.raw`bleed(?:s|ing)|unconscious|fainted|collapsed|(?:not|stop(?:s|ped)?) breathing|chok(?:es|ing)|seizure|heart attack|overdose|allergic|no pulse|ambulances?|first aider|injured|trapped|drown(?:s|ing)|accident|(?:fell|fallen) (?:off|down|from|into)`,
    inClause(String.raw`took|swallowed|drank|ate`, String.raw`pills|poison|bleach|peanuts?`),
    inClause(
      String.raw`child|kid|boy|girl|son|daughter|resident|patient|hikers?|somebody|someone|he|she`,
      String.raw`lost|missing|disappeared|under (?:it|there)|left the building|(?:did|has|have) not come back`,
    ),
    String.raw`gestürzt|verletzt|blutet|bewusstlos|atmet nicht|notarzt|krankenwagen|unfall|vermisst`,
    String.raw`malaise|blessée?s?|saigne|inconsciente?|ne respire (?:plus|pas)|accident|pompiers|disparue?s?`,
    String.raw`herid[oa]s?|sangra(?:r|ndo)?|inconsciente|no respira|desmayad[oa]|accidente|ambulancia|bomberos|socorro|auxilio`,
  ),
  // Fire, water, gas, violence.
  sign(
    0.5,
    inClause(
      String.raw`smoke|flames|fire|sparks|fumes|water`,
      String.raw`in|from|through|out|everywhere|inside|behind|under`,
    ),
    String.raw`smells? (?:of )?(?:gas|smoke|burning)|(?:is|are) (?:burning|smoking|flooding|leaking|running over|under water)|burst pipe|hit a (?:gas |water )?(?:pipe|line|cable|main)|caught fire|tipped over|gas leak|(?:alarm|sirens?)\b[^.!?\n]{0,30}(?:room|floor|lab|going off|does not stop)`,
    String.raw`break-?in|intruder|(?:stranger|man) (?:is )?in(?:side)? the|gun|knife|attack(?:s|ed|ing)? (?:us|him|her|them|in progress)|fight in|everybody out|get out`,
    String.raw`es brennt|brennt|feuer im|rauch (?:im|in|aus)|gasgeruch|riecht nach gas|(?:wasser)?rohrbruch|überschwemmt|einbrecher|eingebrochen`,
    String.raw`au feu|incendie|fumée|brûle|fuite (?:d.eau|de gaz)|inondée?|intrus|agression`,
    String.raw`fuego|incendio|humo|se quema|fuga de (?:gas|agua)|inundad[oa]|ladr(?:ón|ones)|nos (?:están )?atacan(?:do)?`,
  ),
  // What many depend on is out of order.
  sign(
    0.5,
    inClause(service, broken),
    String.raw`(?:is|are|went|being) (?:down|dropping|deleting|failing)|outage|data loss|broke down|power (?:cut|is out|failure)`,
    inClause(
      String.raw`lost|wiped|deleted|dropped`,
      String.raw`database|replicas?|data|backups?|uploads?|production`,
    ),
    inClause(String.raw`se ha caído`, service),
    String.raw`keiner kommt (?:mehr )?rein|stromausfall`,
  ),
  { weight: 0.5, pattern: /宕机|落ちてい/u },
  // Strangers get at what is not theirs, or money goes.
  sign(
    0.5,
    String.raw`leak(?:s|ing|ed)|breach|hacked|hijacked|stolen|ransomware|see(?:s|ing)? other (?:users|customers|people)|logged in as|has access to|charg(?:es|ed|ing) (?:\p{L}+ )?twice|(?:for|as) 0[.,]00|mining crypto`,
    inClause(
      String.raw`keys?|passwords?|credentials?|data|records|files`,
      String.raw`public|exposed|stolen|leaked`,
    ),
    String.raw`gehackt|datenleck|öffentlich (?:abrufbar|sichtbar|zugänglich)`,
    String.raw`piratée?s?|(?:a|ont) accès aux?|fuite de données|volée?s?`,
    String.raw`hackead[oa]s?|robad[oa]s?|filtrad[oa]s?|(?:tiene|tienen) acceso a`,
  ),
  // Time is running out.
  sign(
    0.3,
    String.raw`(?:within|in) (?:the )?(?:next )?(?:${count} (?:more )?min(?:ute)?s?|half an hour|a quarter of an hour|an hour|one hour|hour)|${count} more minutes|(?:before|until|till|by) (?:${clock}|the (?:call|meeting|demo|border|bell|train|exam)|eod|end of day|tonight)|today (?:if|by|before)|${clock} today|(?:starts?|closes?|leaves?|ends|expires?|begins?|is|lapses) (?:at|in) ${clock}|hearing to ${clock}|it gets dark`,
    String.raw`in (?:${count} min(?:uten)?|einer (?:viertel|halben )?stunde)|(?:bis|um|vor) ${clock}|heute noch`,
    String.raw`dans (?:${count} min(?:utes)?|une (?:demi-)?heure|un quart d.heure)|avant ${clock}`,
    String.raw`en (?:${count} min(?:utos)?|(?:media|una) hora)|antes de(?: las?|l)? ${clock}`,
  ),
  // Something is wrong, missing or in the way.
  sign(
    0.25,
    String.raw`missing|lost|lack|locked|stuck|blocked|wrong|broken|forgot(?:ten)?|without|not (?:working|here|there|open|opening)|nobody|no ?one|can(?:not|.t| not)|(?:won|doesn|don|isn|hasn|haven).?t|will not|(?:does|do|is|has|have|must|need) not|not been|threatens?|furious|holds?|rejects?|stops?|dead|worse|doubled|climbing|spread(?:s|ing)?|fail(?:s|ing|ed)?|errors?|(?:stopped|quit|ceased)(?: working)?|cancel(?:l?ed|s)|beeps?|hisses|rattles|sparks|drips|in the red|overheats?|over(?:flow|load|heat)(?:s|ed|ing)|jams?|jammed|breaks?|torn|cut off|fall(?:s|ing|en)?|hurts?|sick|scared|panics?|only (?:have|has|got)|no (?:more|signal|power|water|access|answer|reply)|refus(?:es|ed)|collaps(?:es|ing)|escap(?:es|ed)|vanished|disappeared|towing|towed|billed|silent|caught|having an? (?:stroke|attack|fit)`,
    String.raw`fehl(?:t|en)|nicht|kein(?:e|en|er)?|verloren|vergessen|kaputt|falsch|klemmt|steckt|hängt|fest|drin|abgesagt|gestohlen|geklaut|leer|weg|defekt|ausgefallen|reißt|bricht`,
    String.raw`manque(?:nt)?|sans|perd(?:s|ons|u|ue)?|(?:ne|n.)\S{0,20} \p{L}{1,20} (?:plus|pas)|n.a(?:i)? pas|oublié|bloquée?s?|cassée?s?|perdue?s?|coincée?s?|annulée?s?|volée?s?|en panne|tombée?s?|problème`,
    String.raw`falta[n]?|perdid[oa]|perdemos|no (?:tengo|puedo|hay|está|para|abre)|olvidad[oa]|bloquead[oa]s?|rot[oa]s?|parad[oa]|atascad[oa]s?|robad[oa]|cancelad[oa]|averiad[oa]|dentro|problema`,
  ),
  // Somebody is to act.
  sign(
    0.25,
    String.raw`help(?: me| us)?|(?:please )?(?:call|come|bring|stop|hold|hurry|answer|reply|secure|rotate|revoke|roll back|undo|move|pick up|take|turn|switch|look) (?:me|us|him|her|it|them|here|quickly|quick|off|back|down|up|now|on|for|legal|payments?|all|the)|(?:need|needs|needed|want) (?:help|you|her|him|them|your|another|a|the|somebody|someone|an?other)|(?:can|could) (?:you|someone|somebody|anyone|anybody)|(?:someone|somebody|anyone) can|who (?:has|is|can|takes|took) (?:on|the|it|help|take)?|where (?:is|are) (?:the|you|my|it)|do not|drop everything|everybody|anyone|is (?:anyone|anybody)|fast|quickly|please (?:all|come|answer|help|reply)|pick up|what do (?:i|we)|call me|let (?:us|me) in|rebook|all hands|are you (?:there|coming|here)`,
    String.raw`hilfe|(?:komm|kommt|ruf|ruft|schau|schaut|nehmt|stopp?t|öffne|bringt?|macht?|schick)\b|bitte (?:komm|kommen|gleich|schnell|ruf|schau)\p{L}*|kann (?:jemand|wer)|wo (?:ist|sind|bist)|wer (?:hat|kann)|brauche?n?|schnell|gleich`,
    String.raw`aide[rz]?|au secours|(?:viens|venez|appelle[sz]?|coupe[sz]?|réponds(?:-moi)?|répondez|arrêtez)|quelqu.un peut|il (?:me|nous) faut|vite|besoin`,
    String.raw`ayuda|(?:ven|venid|llama|llamad|llámame|salid|bloquead|parad|corred|responde)|me puedes|alguien puede|necesit(?:o|amos)|rápido|ya|dónde está`,
  ),
  // A sentence ends in an order, or in a question for somebody who does something now.
  {
    weight: 0.25,
    pattern:
      /[,;:.]\s(?:and |so |please |bitte )?\p{L}+ (?:it|them|him|her|me|us|(?:the|my|your|to) [\p{L}\d]+(?: [\p{L}\d]+)?)[.!]*$|please \p{L}+(?: \p{L}+)?[.!]*$|who can\s/u,
  },
  // It happens as one speaks.
  sign(
    0.2,
    String.raw`(?:is|are|am|.s|.re|.m) (?:being |just )?\p{L}{2,}ing`,
    String.raw`gerade|jetzt|en train de|en ce moment|ahora|est[áo][ns]? \p{L}+(?:ando|iendo)`,
  ),
  // Somebody waits.
  sign(
    0.25,
    String.raw`(?:is|are|be|been) waiting|waits?|waiting for (?:you|us|me|your)|on (?:the|other|another) line|on hold|(?:at|in front of|outside) (?:the )?door|in the lobby|queue out|are standing|attends?|is here|leaves|hangs up|leaves? (?:at|in)|(?:are|is) (?:still )?on the (?:phone|line)|calls? (?:gleich|soon)|who has the|nobody (?:answers|calls|picks)|right outside|now(?=\s*(?:[,.:!?]|$))|still nothing`,
    String.raw`wartet|warten|steht vor|am telefon|in der leitung|ruf(?:t|en) gleich an`,
    String.raw`attend(?:ent)?|au téléphone|devant la porte|est là`,
    String.raw`esper(?:a|an|ando)|al teléfono|está aquí|en la puerta`,
  ),
  { weight: 0.12, pattern: /!{2,}|\?{2,}|!\?|\?!|!$/u },
  // It can wait, or somebody says so.
  sign(
    -0.7,
    String.raw`no (?:rush|hurry|stress)|not (?:that )?urgent|nothing urgent|when(?:ever)? (?:you|it)|get a chance|(?:some|other) (?:day|time)|at some point|fyi|not needed|never mind|ignore`,
    String.raw`(?:next|every|last|this) (?:week|month|year|quarter|term|spring|summer|autumn|winter)|by the end of the month|in (?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|winter)`,
    String.raw`kein stress|eilt nicht|bei gelegenheit|irgendwann|nächste[rsn]? (?:woche|monat|jahr)|bis monatsende`,
    String.raw`pas (?:urgent|pressé)|quand tu|pas de souci|prends ton temps|(?:semaine|mois|année) prochaine?|fin du mois`,
    String.raw`sin prisa|cuando puedas|no corre prisa|(?:semana|mes|año) que viene`,
  ),
  { weight: -0.7, pattern: /不急|有空/u },
  // It has a day of its own, or every day.
  sign(
    -0.35,
    String.raw`(?:on |next |by )(?:mon|tues|wednes|thurs|fri|satur|sun)days?|on the \d+(?:st|nd|rd|th)|every (?:day|week|month)|montag|dienstag|mittwoch|donnerstag|freitag|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miércoles|jueves|viernes`,
  ),
  // It is over.
  sign(
    -0.5,
    String.raw`(?:was|were) (?:down|fixed|fine|last|picked|paid)|(?:is|are|been|has been) (?:fixed|done|over|repaired|solved|paid|confirmed|passed)|fixes|went (?:home|well)|came back|back (?:up|on|to normal)|all (?:clear|fine|good)|false alarm|resolved|found(?:, thanks| it)|green again|thanks(?: you)?(?: everybody)? (?:for|who)|yesterday|last (?:week|night|year|month)|now is good|works (?:again|now|so far)|postmortem|what we learned`,
    String.raw`behoben|repariert|erledigt|gestern|neulich|wieder da|übung`,
    String.raw`réparée?s?|résolue?s?|hier|c.est bon|exercice|reportée?`,
    String.raw`arreglad[oa]|resuelt[oa]|ayer|ya (?:está|va)|simulacro|gracias por`,
  ),
  // It is about something else: announcements, plans, offers, what one learns or reads.
  sign(
    -0.5,
    String.raw`drill|only a test|serviced|maintenance|cleaned|painted|reminder|course|webinar|newsletter|digest|training|runbook|study|poster|survey|register|early bird|sale|% off|don.t miss|last chance|act now|release \d\S*|we are going to|worth a (?:read|look)|tips|inspection|policy|schedule|timetable|deadline for the design|the new|will be|as you asked`,
    String.raw`what (?:to do when|means)|how (?:do|does|to)|why (?:do|does|did)|on fire (?:this|today)|is fire|critical (?:path|appraisal)|treats?\b[^.!?\n]{0,40}\bas`,
  ),
  // Somebody jokes.
  sign(
    -0.4,
    String.raw`(?:ha){2,}h?|lol|rofl|lmao|oh great|yeah sure|literally|breaking news|stop the presses|held hostage|cookies|chocolate|what a \p{L}+`,
  ),
  { weight: -0.4, pattern: /:-?[)D]|[😂🤣😄😅🎉]/u },
]
