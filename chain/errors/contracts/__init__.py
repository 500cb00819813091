"""Refusals of the contracts: one class a custom error, by the same name and with the same facts in the same order.

How a Solidity argument becomes a Python fact stands once, in ``chain.transactions`` (``fact_of``): tenders are numbers, times
named ``closed_at``, ``declared_at``, ``until`` are aware datetimes, other numbers are ``int`` (deadlines among them unix seconds, since
a caller may have passed any number), ids and hashes 0x hex, labels text.
"""

from chain.errors.contracts.agreements import *
from chain.errors.contracts.awarding import *
from chain.errors.contracts.complaints import *
from chain.errors.contracts.council import *
from chain.errors.contracts.evaluation import *
from chain.errors.contracts.four_eyes import *
from chain.errors.contracts.members import *
from chain.errors.contracts.operation import *
from chain.errors.contracts.procurement import *
from chain.errors.contracts.sealing import *

__all__ = [
    "AgreementBookChangeOverCap", "AgreementBookChangePending", "AgreementBookChangeTooSoon",
    "AgreementBookDateInvalid", "AgreementBookDocumentWrong", "AgreementBookHashZero",
    "AgreementBookMilestoneNotFound", "AgreementBookMilestoneStatusWrong", "AgreementBookMilestonesInvalid",
    "AgreementBookNotAccepted", "AgreementBookNotFinal", "AgreementBookNotFound", "AgreementBookOfferedLate",
    "AgreementBookOverpaid", "AgreementBookPartyWrong", "AgreementBookPaymentNotFound",
    "AgreementBookPaymentReversed", "AgreementBookRatedTwice", "AgreementBookRatingClosed",
    "AgreementBookRatingInvalid", "AgreementBookReasonInvalid", "AgreementBookReferenceUsed",
    "AgreementBookRoleConflict", "AgreementBookRoleMissing", "AgreementBookSignedTwice",
    "AgreementBookStatusWrong", "AgreementBookValueWrong", "AgreementBookVersionWrong",
    "ApplicationRegistryAlreadyRecorded", "ApplicationRegistryCodesInvalid",
    "ApplicationRegistryContactInvalid", "ApplicationRegistryFindingsInvalid", "ApplicationRegistryHashZero",
    "ApplicationRegistryNotFound", "ApplicationRegistryOnlyOnce", "ApplicationRegistryPeriodInvalid",
    "ApplicationRegistryRoleMissing", "ApplicationRegistryStatusWrong", "ApplicationRegistryTextLength",
    "ApplicationRegistryUnchanged", "AwardDeskCuringNotAllowed", "AwardDeskExplanationMissing",
    "AwardDeskHashZero", "AwardDeskIneligible", "AwardDeskLotStatusWrong", "AwardDeskNotAdmissible",
    "AwardDeskNotCandidate", "AwardDeskNotLow", "AwardDeskNotOpened", "AwardDeskNotRanked",
    "AwardDeskNotTallied", "AwardDeskOfferMismatch", "AwardDeskOnlyOnce", "AwardDeskOrderWrong",
    "AwardDeskPageInvalid", "AwardDeskRankIncomplete", "AwardDeskReasonInvalid", "AwardDeskRoleMissing",
    "AwardDeskSetupMismatch", "AwardDeskStillEligible", "AwardDeskUnchanged", "AwardDeskWindowClosed",
    "AwardDeskWindowOpen", "BidBoxAlreadyConfirmed", "BidBoxBidderRefused", "BidBoxBodyInvalid",
    "BidBoxCallerRefused", "BidBoxClosed", "BidBoxEnvelopeMalformed", "BidBoxEnvelopesWrong", "BidBoxFull",
    "BidBoxHashZero", "BidBoxLocked", "BidBoxNotLive", "BidBoxNotSealed", "BidBoxPointInvalid",
    "BidBoxPointReused", "BidBoxProofInvalid", "BidBoxReleaseRefused", "BidBoxStopped", "BidBoxTermsStale",
    "BidBoxUnknown", "BidBoxWordsWrong", "ComplaintDeskAlreadyRecorded", "ComplaintDeskDuplicate",
    "ComplaintDeskHashZero", "ComplaintDeskNoStanding", "ComplaintDeskNotFound", "ComplaintDeskOpen",
    "ComplaintDeskRemedyInvalid", "ComplaintDeskRemedyNotDue", "ComplaintDeskRoleConflict",
    "ComplaintDeskRoleMissing", "ComplaintDeskStageWrong", "ComplaintDeskStatusWrong", "ComplaintDeskTooLate",
    "ConsultationAlreadyRecorded", "ConsultationBatchInvalid", "ConsultationCommentsFull",
    "ConsultationHashZero", "ConsultationNotFound", "ConsultationReported", "ConsultationRoleMissing",
    "ConsultationStatusWrong", "ConsultationUnchanged", "ConsultationVersionWrong", "CouncilAlreadyRecorded",
    "CouncilCallInvalid", "CouncilCallsInvalid", "CouncilConfirmationInvalid", "CouncilConfirmationKept",
    "CouncilDelayed", "CouncilNotFound", "CouncilOnlyOnce", "CouncilProposalsFull", "CouncilReportMissing",
    "CouncilRoleMissing", "CouncilRulesInvalid", "CouncilSeatMissing", "CouncilStatusWrong",
    "CouncilTextLength", "CouncilTimelockCoinRefused", "CouncilUnchanged", "CouncilVoteInvalid",
    "EvaluationDeskBidInvalid", "EvaluationDeskHashZero", "EvaluationDeskNoPanel", "EvaluationDeskNotOpened",
    "EvaluationDeskOnlyOnce", "EvaluationDeskPageInvalid", "EvaluationDeskPanelSufficient",
    "EvaluationDeskPointsInvalid", "EvaluationDeskReasonInvalid", "EvaluationDeskRoleConflict",
    "EvaluationDeskRoleMissing", "EvaluationDeskScoreMismatch", "EvaluationDeskScoreNotDue",
    "EvaluationDeskScoresShort", "EvaluationDeskSetupMismatch", "EvaluationDeskVoteMissing",
    "EvaluationDeskVotesShort", "EvaluationDeskWindowOpen", "FailedCall", "FourEyesActAlreadyProposed",
    "FourEyesActExpired", "FourEyesActNotProposed", "FourEyesActSameSigner", "FourEyesHashZero",
    "FourEyesRoleMissing", "MemberRegistryAccountTaken", "MemberRegistryExists", "MemberRegistryHashZero",
    "MemberRegistryKindsInvalid", "MemberRegistryLastAdmin", "MemberRegistryLastSeat",
    "MemberRegistryMandateInvalid", "MemberRegistryNotFound", "MemberRegistryPersonNotFound",
    "MemberRegistryPersonSuspended", "MemberRegistryRoleMissing", "MemberRegistryRolesInvalid",
    "MemberRegistrySectorInvalid", "MemberRegistryStatusWrong", "MemberRegistrySuperiorInvalid",
    "MemberRegistrySuspensionInvalid", "MemberRegistryTextLength", "MemberRegistryUnchanged",
    "NetworkPermissionsHashZero", "NetworkPermissionsKindInvalid", "NetworkPermissionsMemberInvalid",
    "NetworkPermissionsRoleMissing", "NetworkPermissionsUnchanged", "OpeningCommitteeCallerRefused",
    "OpeningCommitteeCombinationInvalid", "OpeningCommitteeCommitmentMismatch",
    "OpeningCommitteeDealingPointInvalid", "OpeningCommitteeDealingProofInvalid",
    "OpeningCommitteeEntryCountWrong", "OpeningCommitteeEntryNotSealed", "OpeningCommitteeEntryWrong",
    "OpeningCommitteeFactorInvalid", "OpeningCommitteeFallbackTooEarly", "OpeningCommitteeKeyPointInvalid",
    "OpeningCommitteeKeyProofInvalid", "OpeningCommitteeKeysetExists", "OpeningCommitteeKeysetIncomplete",
    "OpeningCommitteeKeysetNotAllowed", "OpeningCommitteeKeysetNotFound", "OpeningCommitteeNotMember",
    "OpeningCommitteePageDone", "OpeningCommitteePhaseNotReached", "OpeningCommitteePlanInvalid",
    "OpeningCommitteeReshareMismatch", "OpeningCommitteeRevealMismatch", "OpeningCommitteeRollTooEarly",
    "OpeningCommitteeRoundAnswered", "OpeningCommitteeSeatsDependent", "OpeningCommitteeSeatsWrong",
    "OpeningCommitteeShareBidWrong", "OpeningCommitteeShareCountWrong", "OpeningCommitteeShareExists",
    "OpeningCommitteeShareInvalid", "OpeningCommitteeSharePointInvalid", "OpeningCommitteeSharesMissing",
    "OpeningCommitteeStepRefused", "OpeningCommitteeStopped", "OpeningCommitteeSumInvalid",
    "OpeningCommitteeTooEarly", "OpeningCommitteeTooLate", "ProcedureBookHashZero", "ProcedureBookInconsistent",
    "ProcedureBookJsonLength", "ProcedureBookNotFound", "ProcedureBookRetired", "ProcedureBookRoleMissing",
    "ProcedureBookSandboxOnly", "ProcedureBookVersionWrong", "SupplierRegistryAccountTaken",
    "SupplierRegistryAccountsInvalid", "SupplierRegistryDebarmentInvalid", "SupplierRegistryDebarred",
    "SupplierRegistryExists", "SupplierRegistryHashZero", "SupplierRegistryInactive",
    "SupplierRegistryJsonLength", "SupplierRegistryNotFound", "SupplierRegistryOwnersStale",
    "SupplierRegistryRoleMissing", "SupplierRegistryUnchanged", "SupplierRegistryVersionWrong",
    "TenderBoardAlreadyRecorded", "TenderBoardAlreadySigned", "TenderBoardAskerHidden", "TenderBoardAskerKnown",
    "TenderBoardAskerMismatch", "TenderBoardCancelBarred", "TenderBoardCeilingMissing", "TenderBoardClosed",
    "TenderBoardDeadlineEarlier", "TenderBoardEnquiriesClosed", "TenderBoardExtensionTooShort",
    "TenderBoardFieldFrozen", "TenderBoardHashZero", "TenderBoardJsonLength", "TenderBoardLotNotFound",
    "TenderBoardLotsInvalid", "TenderBoardNotFound", "TenderBoardNotesFull", "TenderBoardPanelInvalid",
    "TenderBoardPausesFull", "TenderBoardPeriodInvalid", "TenderBoardQuestionAnswered",
    "TenderBoardQuestionNotFound", "TenderBoardQuestionsFull", "TenderBoardReasonInvalid",
    "TenderBoardReviewBodyInvalid", "TenderBoardRoleConflict", "TenderBoardRoleMissing",
    "TenderBoardStatusWrong", "TenderBoardTermsStale", "TenderBoardUnchanged", "TenderBoardWeightsInvalid",
    "ValidatorRegistryHeaderInvalid", "ValidatorRegistryMemberInvalid", "ValidatorRegistryMemberOver",
    "ValidatorRegistryNotFound", "ValidatorRegistryOrderWrong", "ValidatorRegistryProved",
    "ValidatorRegistryRemovalInvalid", "ValidatorRegistryRemovalRunning", "ValidatorRegistryRoleMissing",
    "ValidatorRegistrySectorOver", "ValidatorRegistrySetDiffers", "ValidatorRegistrySizeInvalid",
    "ValidatorRegistryStepTooLarge", "ValidatorRegistryUnchanged", "ValidatorRegistryUnproved",
    "ValidatorRegistryVersionWrong",
]  # fmt: skip
