//! Chinese.

use super::{About, Language, Topic};

pub(super) static ZH: Language = Language {
    code: "zh",
    weight: 2,
    first: &["伟|wei", "芳|fang", "秀英|xiuying", "建国|jianguo", "婷婷|tingting", "明|ming"],
    last: &["王|wang", "李|li", "张|zhang", "刘|liu", "陈|chen", "欧阳|ouyang"],
    family_first: true,
    cities: &["上海", "北京", "台北", "新加坡", "广州"],
    products: &["羊毛毯", "陶瓷茶壶", "黄铜台灯", "铸铁煎锅"],
    money: "¥{}",
    decimal: '.',
    hello: &["您好,", "你好,"],
    bye: &["谢谢", "祝好"],
    dear: "{first},您好,",
    wrote: "{name}写道:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &["订单{order}被重复扣款", "付款失败但已扣款"],
            opens: &[
                "我为订单{order}支付了{amount},页面显示错误,但银行卡已被扣款。",
                "付款失败后我又试了一次,现在被扣了两次{amount}。",
            ],
            details: &["请退还其中一笔。", "订单是否已确认?"],
            answers: &["我们的支付服务商发生故障,您的付款也受到影响。请不要再次付款。"],
        },
        Topic {
            about: About::Refund,
            subjects: &["订单{order}的退款还没到账"],
            opens: &["退货已经{days}天了,{amount}的退款还没有到账。"],
            details: &["我有寄件凭证。"],
            answers: &["{amount}的退款今天已发出,银行需要两到四个工作日。"],
        },
        Topic {
            about: About::Returns,
            subjects: &["退货:订单{order}", "收到的{product}有裂痕"],
            opens: &["我想退回订单{order}中的{product},没有使用过。", "包裹打开时{product}已经有裂痕。"],
            details: &["运费由谁承担?", "照片见附件。"],
            answers: &["当然可以,退货标签见附件。", "非常抱歉,明天为您寄出新的。"],
        },
        Topic {
            about: About::Invoice,
            subjects: &["发票{invoice}抬头错误"],
            opens: &["发票{invoice}的公司抬头写错了。"],
            details: &["金额为{amount}。"],
            answers: &["更正后的发票见附件。"],
        },
        Topic {
            about: About::Account,
            subjects: &["无法登录账户", "收不到密码邮件", "账户问题(订单{order})"],
            opens: &["我申请了{n}次新密码,一直没有收到邮件。"],
            details: &["垃圾邮件里也没有。"],
            answers: &["您的地址因投递失败被屏蔽,现已解除,请再试一次。"],
        },
        Topic {
            about: About::Shipping,
            subjects: &["包裹在哪里?", "物流{tracking}没有更新"],
            opens: &["物流{tracking}已经{days}天没有更新了。", "显示已签收,但我没有收到。"],
            details: &["我一整天都在家。"],
            answers: &["已请{carrier}查询,一个工作日内答复。"],
        },
    ],
    again: &["请问有进展吗?", "今天早上还是一样。", "请在周五之前处理。", "box|附上您要的照片。"],
    thanks: &["box|已经收到,完好无损,谢谢!", "pay|退款到账了,非常感谢。"],
    later: &["box|已转给仓库,今天17点前回复您。", "box|谢谢您的照片,明天寄出替换品。"],
};
