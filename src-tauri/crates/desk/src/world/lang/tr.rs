//! Turkish.

use super::{About, Language, Topic};

pub(super) static TR: Language = Language {
    code: "tr",
    weight: 3,
    first: &["Ayşe", "Gökhan", "Şule", "Çağlar", "İrem", "Oğuz", "Zübeyde", "Ümit"],
    last: &["Yılmaz", "Güneş", "Çelik", "Özdemir", "Şahin", "Kılıç", "Doğan"],
    family_first: false,
    cities: &["İstanbul", "İzmir", "Ankara", "Bursa"],
    products: &["yün battaniye", "seramik demlik", "pirinç lamba", "döküm tava", "ceviz tahta"],
    money: "{} €",
    decimal: ',',
    hello: &["Merhaba,", "İyi günler,", "Günaydın,"],
    bye: &["Saygılarımla", "Teşekkürler"],
    dear: "Merhaba {first},",
    wrote: "{name} yazdı:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &[
                "{order} numaralı sipariş için iki kez ödeme alındı",
                "Ödeme başarısız ama para çekildi",
            ],
            opens: &[
                "{order} numaralı sipariş için {amount} ödedim, sayfa hata verdi ama tutar kartımda bloke görünüyor.",
                "Ödeme başarısız oldu, tekrar denedim ve {amount} iki kez çekildi.",
            ],
            details: &["Birini iptal eder misiniz?", "Siparişim onaylandı mı?"],
            answers: &[
                "ödeme sağlayıcımızda bir kesinti yaşandı ve ödemeniz etkilenenler arasında. Lütfen tekrar ödeme yapmayın.",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &["{order} için iade hâlâ gelmedi"],
            opens: &["ürünü {days} gün önce geri gönderdim, {amount} hâlâ hesabıma geçmedi."],
            details: &["Kargo fişi bende."],
            answers: &["{amount} tutarındaki iade bugün gönderildi, banka iki ila dört iş günü sürer."],
        },
        Topic {
            about: About::Returns,
            subjects: &["{order} numaralı siparişin iadesi", "Ürün kırık geldi"],
            opens: &[
                "{order} numaralı siparişten bir ürünü ({product}) iade etmek istiyorum.",
                "kutu açılmıştı ve ürün çatlak geldi.",
            ],
            details: &["Kargo ücreti kime ait?", "Fotoğraflar ekte."],
            answers: &["elbette, iade etiketi ekte.", "çok üzgünüz, yarın yenisini gönderiyoruz."],
        },
        Topic {
            about: About::Invoice,
            subjects: &["{invoice} numaralı faturada vergi numarası yok"],
            opens: &["{invoice} numaralı faturada vergi numaramız yok."],
            details: &["Tutar {amount}."],
            answers: &["düzeltilmiş fatura ekte."],
        },
        Topic {
            about: About::Bug,
            subjects: &[
                "Uygulama kendiliğinden kapanıyor",
                "Sepet açılmıyor",
                "Güncellemeden sonra {order} numaralı siparişi göremiyorum",
            ],
            opens: &["güncellemeden sonra sepeti açınca uygulama kapanıyor."],
            details: &["İki kez yeniden yükledim."],
            answers: &["bildirdiğiniz için teşekkürler, biz de görebildik."],
        },
        Topic {
            about: About::Shipping,
            subjects: &["Kargom nerede?", "{tracking} hareket etmiyor"],
            opens: &["{tracking} numaralı gönderi {days} gündür yolda görünüyor."],
            details: &["Bütün gün evdeydim."],
            answers: &["kargo şirketinden araştırma istedik, bir iş günü içinde yanıt verecekler."],
        },
    ],
    again: &[
        "Bir gelişme var mı?",
        "Bu sabah da değişen bir şey yoktu.",
        "Olur, ama cumadan önce.",
        "box|İstediğiniz fotoğraf ekte.",
    ],
    thanks: &["box|Her şey sağlam geldi, teşekkürler!", "pay|Para hesabıma geçti, çok teşekkür ederim."],
    later: &[
        "box|depoya ilettim, saat 17’den önce yazacağım.",
        "box|fotoğraf için teşekkürler, yarın yenisini gönderiyoruz.",
    ],
};
