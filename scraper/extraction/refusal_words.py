"""What titles and headings say, and nothing besides, on pages that are no articles: regular
expressions, a language or two a line."""

from __future__ import annotations

from typing import Final

BLOCKED: Final = (
    r"just a moment|attention required|checking your browser.*|one more step|request blocked",
    r"access (?:to this page )?(?:has been |is |was |temporarily )?(?:denied|blocked|restricted)",
    r"(?:you|your (?:ip|access|request)) (?:have|has) been (?:blocked|denied)|(?:re)?captcha",
    r"(?:are you|you are not|prove you are not) a (?:ro)?bot|robot check|ddos[ -]?guard",
    r"(?:bot|human|security|robot) (?:check|verification|challenge)|pardon our interruption",
    r"verify(?:ing)? (?:that )?you are (?:a )?human",
    r"(?:einen )?moment,? bitte|zugriff verweigert|sicherheits(?:über)?prüfung",
    r"accès (?:refusé|interdit|bloqué)|vérification de sécurité|un instant",
    r"acceso (?:denegado|bloqueado)|verificación de seguridad|un momento",
    r"accesso (?:negato|bloccato)|verifica di sicurezza|acesso (?:negado|bloqueado)",
    r"доступ (?:запрещ[её]н|ограничен)|проверка (?:безопасности|браузера)|вы не робот",
    r"(?:百度)?(?:安全|人机|訪問|访问|滑动|滑動)(?:验证|驗證)|验证码|驗證碼|请稍[候等]|請稍[候等]",
    r"访问(?:被拒绝|受限|过于频繁|异常)|存取被拒",
    r"アクセスが(?:拒否|制限)されました|접근이 (?:거부|차단)되었습니다|보안 확인",
)
ROBOTS: Final = (
    r"not a (?:ro)?bot|you(?:'re| are) (?:a )?human|unusual (?:traffic|activity)|captcha",
    r"automated (?:access|requests|queries|traffic)|checking (?:if the site|your browser)",
    r"enable javascript and cookies|permission to access|security (?:service|check)",
    r"(?:blocked|denied) (?:by|from|because)",
    r"keine? roboter|pas un robot|no (?:eres|soy) un robot|non (?:sei|sono) un robot|не робот",
    r"подозрительн|人机|机器人|機器人|验证码|驗證碼|异常(?:流量|访问)|訪問過於頻繁|访问过于频繁",
    r"完成(?:安全)?验证|ロボットでは|로봇이 아닙니다",
)
"""In the text of such pages."""
LOGIN: Final = (
    r"(?:please )?(?:log|sign)[ -]?in(?: (?:to|with|or) .{1,40})?|authentication required",
    r"(?:(?:member|user|account|customer)s? )?(?:log|sign)[ -]?in(?: (?:required|page))?",
    r"(?:bitte )?(?:anmelden|einloggen)|anmeldung",
    r"se connecter|connexion|connectez-vous|identifiez-vous",
    r"iniciar? (?:de )?sesión|inicio de sesión|iniciar sessão|accedi|effettua il login",
    r"inloggen|logga in|logg inn|log ind|zaloguj się|logowanie",
    r"вход(?: на сайт)?|войти|авторизация",
    r"(?:用户|用戶|会员|會員|账号|帳號|帐号|密码|统一)?(?:登录|登入|登錄)(?:页面|注册|/注册)?",
    r"请(?:先)?登录|請(?:先)?登入|(?:会員)?ログイン|サインイン|로그인",
)
_THING: Final = r"(?:page|article|story|post|content)"
_CHINESE_THING: Final = r"(?:页面|网页|頁面|網頁|文章|内容|內容|新闻|帖子)"
GONE: Final = (
    r"(?:http )?(?:error )?(?:status )?404(?: ?[-–:]? ?(?:error|page))?"
    r"(?: ?[-–:,]? ?(?:page )?not found)?",
    rf"(?:(?:{_THING}|file|document) )?(?:was )?not found(?: ?\(?(?:error )?404\)?)?",
    rf"(?:(?:sorry|oops|uh[- ]?oh)\W{{1,3}})?(?:(?:the|this|that) )?{_THING}"
    r"(?: you(?:'re| are| were)? (?:looking for|requested|tried to reach))? "
    r"(?:could ?n[o']t be found|can(?:no|')t be found|was not found|does(?: not|n't) exist"
    r"|no longer exists|is no longer available|is(?: not|n't) available"
    r"|has been (?:removed|deleted))",
    r"(?:fehler 404\W*)?(?:(?:die|diese) )?seite (?:wurde )?nicht (?:gefunden|vorhanden|verfügbar)",
    r"(?:erreur 404\W*)?(?:(?:la|cette) )?page (?:est )?(?:introuvable|non trouvée|inexistante)",
    r"(?:error 404\W*)?(?:la )?página no (?:encontrada|existe|disponible|se encuentra)",
    r"(?:errore 404\W*)?pagina non (?:trovata|disponibile|esiste)|página não (?:encontrada|existe)",
    r"pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte|finns inte)",
    r"siden (?:ble ikke funnet|blev ikke fundet)|sayfa bulunamadı",
    r"strona nie (?:została znaleziona|istnieje)|nie znaleziono strony",
    r"(?:ошибка 404\W*)?страница не (?:найдена|существует)|сторінку не знайдено",
    r"(?:(?:抱歉|对不起|很抱歉|對不起)\W{0,3})?(?:您|你)?(?:所)?(?:访问|查看|请求|要找|浏览)?的?"
    rf"(?:该|此|这个)?{_CHINESE_THING}(?:不存在|未找到|[没沒]有找到|找不到了?"
    r"|已(?:经)?被?(?:删除|刪除)|已下线|已下架|走丢了)(?:或.{0,12})?",
    rf"找不到(?:该|您要的|您访问的|這個)?{_CHINESE_THING}",
    rf"404\W*(?:{_CHINESE_THING}(?:不存在|未找到)|找不到{_CHINESE_THING}|错误)",
    r"(?:お探しの)?ページ(?:が|は)(?:見つかりません(?:でした)?|存在しません|ありません)",
    r"페이지를 찾을 수 없습니다|존재하지 않는 페이지(?:입니다)?",
)
