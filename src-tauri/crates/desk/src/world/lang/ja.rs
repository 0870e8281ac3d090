//! Japanese.

use super::{About, Language, Topic};

pub(super) static JA: Language = Language {
    code: "ja",
    weight: 3,
    first: &[
        "美咲|misaki",
        "翔太|shota",
        "由美|yumi",
        "直樹|naoki",
        "さくら|sakura",
        "大輔|daisuke",
        "恵|megumi",
        "拓也|takuya",
    ],
    last: &[
        "佐藤|sato",
        "鈴木|suzuki",
        "高橋|takahashi",
        "渡辺|watanabe",
        "中村|nakamura",
        "小林|kobayashi",
        "山本|yamamoto",
    ],
    family_first: true,
    cities: &["東京", "大阪", "札幌", "福岡", "京都"],
    products: &[
        "ウールの毛布",
        "陶器のティーポット",
        "真鍮のランプ",
        "くるみのトレイ",
        "鉄のフライパン",
        "蜜蝋キャンドル",
    ],
    money: "{}円",
    decimal: '.',
    hello: &["お世話になっております。", "こんにちは。", "はじめまして。"],
    bye: &["よろしくお願いいたします。", "ご確認をお願いいたします。"],
    dear: "{first}様",
    wrote: "{name}様のメッセージ:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &["注文{order}が二重に請求されています", "決済エラーなのに引き落とされました"],
            opens: &[
                "注文{order}の支払いでエラーが表示されましたが、カードには請求が来ています。",
                "決済に失敗したためもう一度試したところ、{amount}が二回引き落とされました。",
            ],
            details: &["片方を取り消していただけますか。", "注文は確定していますか。"],
            answers: &[
                "決済会社に障害があり、お客様のお支払いも影響を受けております。再度のお支払いはなさらないでください。",
                "お支払い一件と仮押さえ一件を確認しました。仮押さえは三営業日以内に自動で解除されます。",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &["注文{order}の返金がまだです"],
            opens: &["{days}日前に返品しましたが、{amount}の返金がまだ確認できません。"],
            details: &["発送の控えはあります。", "いつ頃になりますか。"],
            answers: &["本日{amount}の返金手続きをいたしました。反映まで二〜四営業日かかります。"],
        },
        Topic {
            about: About::Returns,
            subjects: &["返品の送料について", "{product}が割れていました"],
            opens: &[
                "注文番号{order}の返品ですが、送料はこちらの負担でしょうか。",
                "届いた箱が開いていて、中の{product}にひびが入っていました。",
            ],
            details: &["未使用です。", "写真を添付します。"],
            answers: &[
                "送料は当社が負担いたします。返品ラベルを添付しました。",
                "申し訳ございません。明日、新しいものをお送りします。",
            ],
        },
        Topic {
            about: About::Invoice,
            subjects: &["領収書の宛名変更({invoice})"],
            opens: &["領収書{invoice}の宛名を会社名に変更していただけますか。"],
            details: &["金額は{amount}です。"],
            answers: &["修正した領収書を添付いたしました。"],
        },
        Topic {
            about: About::Bug,
            subjects: &["アプリが落ちます", "検索結果が表示されません"],
            opens: &["更新後、カートを開くとアプリが終了してしまいます。"],
            details: &["再インストールも試しました。"],
            answers: &[
                "ご報告ありがとうございます。こちらでも再現できました。",
                "バージョン4.{n}で修正済みです。",
            ],
        },
        Topic {
            about: About::Shipping,
            subjects: &["荷物が届きません", "追跡番号{tracking}が更新されません"],
            opens: &[
                "追跡番号{tracking}が{days}日間「輸送中」のままです。",
                "配達済みとなっていますが、受け取っていません。",
            ],
            details: &["一日中在宅していました。", "誕生日の贈り物です。"],
            answers: &["{carrier}に調査を依頼しました。一営業日以内に回答がございます。"],
        },
    ],
    again: &[
        "その後いかがでしょうか。",
        "今朝も変わりありませんでした。",
        "金曜日までにお願いできますか。",
        "box|ご依頼の写真を添付します。",
    ],
    thanks: &[
        "box|無事に届きました。ありがとうございました。",
        "pay|返金を確認しました。ありがとうございます。",
    ],
    later: &[
        "box|倉庫に確認し、17時までにご連絡いたします。",
        "box|写真をありがとうございます。明日代わりの品をお送りします。",
    ],
};
