//! Portuguese.

use super::{About, Language, Topic};

pub(super) static PT: Language = Language {
    code: "pt",
    weight: 5,
    first: &[
        "João",
        "Conceição",
        "Inês",
        "Gonçalo",
        "Beatriz",
        "Tiago",
        "Luísa",
        "Antônio",
        "Simão",
        "Mafalda",
        "Otávio",
        "Renata",
    ],
    last: &[
        "Magalhães",
        "Araújo",
        "Simões",
        "Gonçalves",
        "Brandão",
        "Falcão",
        "Antunes",
        "Guimarães",
        "Sequeira",
        "Nóbrega",
    ],
    family_first: false,
    cities: &["Lisboa", "Porto", "São Paulo", "Recife", "Braga", "Curitiba"],
    products: &[
        "manta de lã",
        "bule de grés",
        "candeeiro de latão",
        "tábua de nogueira",
        "frigideira de ferro",
        "velas de cera de abelha",
        "relógio de parede",
    ],
    money: "{} €",
    decimal: ',',
    hello: &["Olá,", "Bom dia,", "Boa tarde,"],
    bye: &["Cumprimentos", "Obrigada", "Com os melhores cumprimentos"],
    dear: "Olá {first},",
    wrote: "{name} escreveu:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &["Cobrado duas vezes na encomenda {order}", "Pagamento falhou, mas o dinheiro saiu"],
            opens: &[
                "paguei {amount} pela encomenda {order}, a página deu erro e o valor continua cativo no cartão.",
                "o site disse que o pagamento falhou, tentei de novo e agora tenho dois débitos de {amount}.",
            ],
            details: &["Podem libertar um dos dois?", "A minha encomenda está confirmada?"],
            answers: &[
                "o nosso fornecedor de pagamentos teve uma avaria e o seu pagamento foi afetado. Por favor, não pague outra vez.",
                "vemos um pagamento e uma reserva, que caduca sozinha em três dias úteis.",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &["Reembolso da encomenda {order} em falta", "Quando recebo os {amount}?"],
            opens: &["devolvi o artigo há {days} dias e o reembolso de {amount} ainda não chegou."],
            details: &["Tenho o comprovativo dos correios.", "Podem dizer-me a data?"],
            answers: &["o reembolso de {amount} seguiu hoje; o banco demora dois a quatro dias úteis."],
        },
        Topic {
            about: About::Returns,
            subjects: &["Devolução da encomenda {order}", "Chegou partido: {product}"],
            opens: &[
                "gostaria de devolver um artigo da encomenda {order} ({product}), não foi usado.",
                "a caixa da encomenda {order} veio aberta e o conteúdo tem uma fenda.",
            ],
            details: &["Quem paga os portes?", "Seguem fotografias."],
            answers: &["claro, a etiqueta segue em anexo.", "lamentamos muito; amanhã enviamos um novo."],
        },
        Topic {
            about: About::Invoice,
            subjects: &["Fatura {invoice} sem NIF", "Fatura em nome da empresa"],
            opens: &[
                "a fatura {invoice} não tem o nosso NIF.",
                "preciso da fatura da encomenda {order} em nome da empresa.",
            ],
            details: &["Fechamos o mês na sexta-feira.", "São {amount}."],
            answers: &["a fatura corrigida segue em anexo, a antiga foi anulada."],
        },
        Topic {
            about: About::Bug,
            subjects: &["A aplicação fecha sozinha", "O botão de pagar não reage"],
            opens: &[
                "desde a atualização, a aplicação fecha quando abro o carrinho.",
                "preencho tudo, mas o botão no fim não faz nada.",
            ],
            details: &["Já reinstalei duas vezes.", "No tablet é igual."],
            answers: &[
                "obrigado por avisar, já conseguimos ver o problema aqui.",
                "está corrigido na versão 4.{n}.",
            ],
        },
        Topic {
            about: About::Shipping,
            subjects: &[
                "Onde está a minha encomenda?",
                "Endereço errado na entrega {tracking}",
                "Entregue, mas não a mim",
            ],
            opens: &[
                "o envio {tracking} está parado há {days} dias.",
                "a {carrier} diz que entregou, mas ninguém recebeu.",
            ],
            details: &["Estive em casa o dia todo.", "É um presente."],
            answers: &[
                "abri uma averiguação na {carrier}, respondem num dia útil.",
                "o segundo volume saiu um dia depois: {tracking}.",
            ],
        },
    ],
    again: &[
        "Há novidades?",
        "Hoje de manhã estava tudo na mesma.",
        "Pode ser, mas antes de sexta-feira.",
        "pay|O banco diz que o dinheiro não saiu da vossa conta.",
        "box|Segue a fotografia que pediu.",
    ],
    thanks: &[
        "box|Chegou tudo bem, obrigado!",
        "pay|Já recebi o dinheiro, muito obrigada.",
        "Obrigado! Vou confirmar com o porteiro.",
    ],
    later: &[
        "box|passei ao armazém e respondo até às 17 horas.",
        "box|obrigada pela fotografia, amanhã segue outro.",
        "box|prolonguei o prazo de devolução por duas semanas.",
    ],
};
