//! French.

use super::{About, Language, Topic};

pub(super) static FR: Language = Language {
    code: "fr",
    weight: 9,
    first: &[
        "Aurélie",
        "Benoît",
        "Clémence",
        "Étienne",
        "Gaëlle",
        "Hervé",
        "Inès",
        "Joël",
        "Léonie",
        "Mathis",
        "Noémie",
        "Océane",
        "Rémi",
        "Solène",
        "Thibault",
        "Yasmine",
    ],
    last: &[
        "Lefèvre",
        "Beauchêne",
        "Guérin",
        "Delacroix",
        "Marchand",
        "Rousseau",
        "Béranger",
        "Château",
        "Fontaine",
        "Mercier",
        "Noël",
        "Perrin",
        "Bellerose",
        "Dupré",
        "Tremblay",
    ],
    family_first: false,
    cities: &["Lyon", "Nantes", "Lille", "Bruxelles", "Genève", "Montréal", "Rennes", "Bordeaux"],
    products: &[
        "plaid en laine",
        "théière en grès",
        "lampe en laiton",
        "planche en noyer",
        "poêle en fonte",
        "bougies à la cire d’abeille",
        "marchepied pliant",
        "beurrier",
        "horloge « Aulne »",
    ],
    money: "{} €",
    decimal: ',',
    hello: &["Bonjour,", "Bonsoir,", "Madame, Monsieur,"],
    bye: &["Cordialement", "Bien à vous", "Merci d’avance", "Bonne journée"],
    dear: "Bonjour {first},",
    wrote: "{name} a écrit :",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &[
                "Débitée deux fois pour la commande {order}",
                "Paiement refusé mais somme prélevée",
                "Commande {order} : paiement en attente depuis ce matin",
            ],
            opens: &[
                "j’ai payé {amount} pour la commande {order}, la page a affiché une erreur et la somme est quand même bloquée sur ma carte.",
                "votre site m’a dit que le paiement avait échoué, j’ai donc recommencé. Me voilà débité deux fois de {amount}.",
            ],
            details: &["Pouvez-vous libérer l’un des deux paiements ?", "Ma commande est-elle confirmée ?"],
            answers: &[
                "notre prestataire de paiement a connu une panne et votre paiement est concerné. Merci de ne pas payer une seconde fois.",
                "nous voyons un paiement et une simple réservation, qui disparaîtra d’elle-même sous trois jours ouvrés.",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &[
                "Remboursement toujours en attente (commande {order})",
                "Où en est mon remboursement de {amount} ?",
            ],
            opens: &[
                "cela fait {days} jours que j’attends le remboursement de {amount}.",
                "vous m’avez confirmé le remboursement de la commande {order}, ma banque n’a rien reçu.",
            ],
            details: &["J’ai gardé la preuve de dépôt.", "Pourriez-vous m’indiquer la date d’envoi ?"],
            answers: &[
                "le remboursement de {amount} est parti aujourd’hui ; comptez deux à quatre jours ouvrés.",
                "votre retour avait été enregistré sous une autre commande, c’est corrigé.",
            ],
        },
        Topic {
            about: About::Returns,
            subjects: &[
                "Retour de la commande {order}",
                "Article arrivé cassé : {product}",
                "L’étiquette de retour ne s’imprime pas",
            ],
            opens: &[
                "je souhaite retourner un article de la commande {order} ({product}), il n’a pas servi.",
                "le colis {order} était ouvert sur un côté et l’article est fêlé.",
                "l’étiquette s’ouvre comme une page blanche, sur deux ordinateurs.",
            ],
            details: &[
                "Qui paie les frais de port ?",
                "Les photos sont jointes.",
                "Je préférerais un échange.",
            ],
            answers: &[
                "bien sûr, l’étiquette est jointe ; la poste peut aussi l’imprimer avec le code.",
                "nous en sommes désolés. Un nouvel article part demain, inutile de renvoyer le premier.",
            ],
        },
        Topic {
            about: About::Invoice,
            subjects: &[
                "Facture {invoice} : numéro de TVA manquant",
                "Facture au nom de la société",
                "Relance pour une facture déjà payée",
            ],
            opens: &[
                "la facture {invoice} ne porte pas notre numéro de TVA.",
                "nous avons reçu une relance pour la facture {invoice}, réglée il y a {days} jours.",
            ],
            details: &["Notre comptabilité clôture vendredi.", "Il s’agit de {amount}."],
            answers: &[
                "la facture corrigée est jointe, l’ancienne est annulée.",
                "votre paiement a croisé notre relance, n’en tenez pas compte.",
            ],
        },
        Topic {
            about: About::Bug,
            subjects: &[
                "L’application se ferme toute seule",
                "Le bouton de paiement ne réagit pas",
                "Ma liste d’envies est vide",
            ],
            opens: &[
                "depuis la mise à jour, l’application se ferme dès que j’ouvre mon panier.",
                "je remplis tout, mais le bouton à la fin ne fait rien.",
            ],
            details: &["Je l’ai réinstallée deux fois.", "C’est pareil sur ma tablette."],
            answers: &[
                "merci de nous l’avoir signalé, nous le reproduisons ici.",
                "c’est corrigé dans la version 4.{n}, disponible depuis ce matin.",
            ],
        },
        Topic {
            about: About::Shipping,
            subjects: &[
                "Où est mon colis ?",
                "Suivi {tracking} bloqué depuis {days} jours",
                "Livré, mais pas chez moi",
            ],
            opens: &[
                "le suivi {tracking} n’a pas bougé depuis {days} jours.",
                "{carrier} affirme avoir livré, mais personne ici n’a rien reçu.",
                "un seul des deux colis de la commande {order} est arrivé.",
            ],
            details: &["J’étais à la maison toute la journée.", "C’est un cadeau d’anniversaire."],
            answers: &[
                "j’ai ouvert une enquête auprès de {carrier}, réponse sous un jour ouvré.",
                "le second colis est parti le lendemain : {tracking}.",
            ],
        },
    ],
    again: &[
        "Avez-vous du nouveau ?",
        "Rien n’a changé de mon côté ce matin.",
        "Cela me va, mais avant vendredi, car nous partons ensuite.",
        "pay|Ma banque dit que la somme n’a pas quitté votre compte.",
        "Votre collègue m’a dit autre chose au téléphone.",
        "box|Voici la photo que vous demandiez.",
    ],
    thanks: &[
        "box|Parfait, tout est arrivé intact. Merci !",
        "pay|L’argent est là, merci beaucoup.",
        "web|Cela fonctionne, merci pour votre aide rapide !",
    ],
    later: &[
        "box|j’ai transmis à l’entrepôt et je vous réponds avant 17 h.",
        "box|merci pour la photo, le remplacement part demain.",
        "box|j’ai prolongé le délai de retour de deux semaines, rien ne presse.",
        "web|quel navigateur utilisez-vous, et le problème existe-t-il aussi en navigation privée ?",
    ],
};
