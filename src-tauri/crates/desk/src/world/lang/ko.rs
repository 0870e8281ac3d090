//! Korean.

use super::{About, Language, Topic};

pub(super) static KO: Language = Language {
    code: "ko",
    weight: 2,
    first: &["민준|minjun", "서연|seoyeon", "지훈|jihun", "하은|haeun", "도윤|doyun"],
    last: &["김|kim", "이|lee", "박|park", "최|choi", "정|jung"],
    family_first: true,
    cities: &["서울", "부산", "인천"],
    products: &["양모 담요", "도자기 찻주전자", "황동 램프", "무쇠 프라이팬"],
    money: "₩{}",
    decimal: '.',
    hello: &["안녕하세요.", "수고하십니다."],
    bye: &["감사합니다.", "부탁드립니다."],
    dear: "{first} 님, 안녕하세요.",
    wrote: "{name} 님의 메시지:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &["주문 {order} 이중 결제", "결제 실패인데 출금되었습니다"],
            opens: &[
                "주문 {order} 결제 중 오류가 났는데 카드에서는 {amount}이 승인되었습니다.",
                "결제가 실패해서 다시 시도했더니 {amount}이 두 번 출금되었습니다.",
            ],
            details: &["한 건을 취소해 주세요.", "주문이 확정된 건가요?"],
            answers: &[
                "결제 대행사에 장애가 있었고 고객님의 결제도 영향을 받았습니다. 다시 결제하지 말아 주세요.",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &["주문 {order} 환불이 아직입니다"],
            opens: &["{days}일 전에 반품했는데 {amount} 환불이 아직 안 됐습니다."],
            details: &["발송 영수증이 있습니다."],
            answers: &["오늘 {amount} 환불을 보냈습니다. 은행에서 2~4영업일이 걸립니다."],
        },
        Topic {
            about: About::Returns,
            subjects: &["주문 {order} 반품 문의", "{product} 파손"],
            opens: &[
                "주문 {order}의 {product}을(를) 반품하고 싶습니다. 사용하지 않았습니다.",
                "상자가 열려 있었고 제품에 금이 갔습니다.",
            ],
            details: &["배송비는 누가 부담하나요?", "사진을 첨부합니다."],
            answers: &["네, 반품 라벨을 첨부했습니다.", "죄송합니다. 내일 새 제품을 보내 드리겠습니다."],
        },
        Topic {
            about: About::Invoice,
            subjects: &["영수증 {invoice} 회사명 변경"],
            opens: &["영수증 {invoice}의 이름을 회사명으로 바꿔 주세요."],
            details: &["금액은 {amount}입니다."],
            answers: &["수정된 영수증을 첨부했습니다."],
        },
        Topic {
            about: About::Account,
            subjects: &["로그인이 안 됩니다", "비밀번호 메일이 오지 않습니다", "계정 문의 (주문 {order})"],
            opens: &["새 비밀번호를 {n}번 요청했는데 메일이 오지 않습니다."],
            details: &["스팸함도 확인했습니다."],
            answers: &["주소가 차단되어 있어 해제했습니다. 다시 시도해 주세요."],
        },
        Topic {
            about: About::Shipping,
            subjects: &["택배가 안 왔어요", "송장 {tracking} 조회가 멈췄습니다"],
            opens: &["송장 {tracking}이(가) {days}일째 배송 중입니다."],
            details: &["하루 종일 집에 있었습니다."],
            answers: &["{carrier}에 조사를 요청했습니다. 하루 안에 답을 드립니다."],
        },
    ],
    again: &[
        "진행 상황이 궁금합니다.",
        "오늘 아침에도 그대로입니다.",
        "금요일 전이면 좋겠습니다.",
        "box|요청하신 사진입니다.",
    ],
    thanks: &["box|무사히 도착했습니다. 감사합니다!", "pay|환불 확인했습니다. 감사합니다."],
    later: &[
        "box|창고에 확인하고 17시 전에 연락드리겠습니다.",
        "box|사진 감사합니다. 내일 새 제품을 보내 드리겠습니다.",
    ],
};
