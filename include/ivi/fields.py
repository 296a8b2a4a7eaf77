"""Where each field of the typed view stands in either family. Paths are below the root element."""

from __future__ import annotations

from typing import Literal

from .finding import Family

Field = Literal[
    "version", "reference", "vin", "category", "make", "type_approval", "type_approval_kind", "type", "variant",
    "version_code", "stage", "document_version", "pure_electric", "number_of_axles", "powered_axles", "axle_rows",
    "running_order", "actual_mass", "max_laden_mass", "approval_date", "manufacture_date", "signature_date",
    "document_date", "number_of_doors", "energy_source", "combination_mass",
]  # fmt: skip

_COC1 = "Body/CocDataGroup"
_COC2 = "CocDataGroup"
_ENGINE = f"{_COC1}/EngineTable/EngineGroup"
_CONVERTOR = f"{_COC2}/EnergyConvertorTable/EnergyConvertorGroup"
_GENERAL = f"{_COC2}/GeneralConstructionGroup"
_MASS = f"{_COC2}/MassGroup"
_SIGNER = "SigningAuthorityTable/SigningAuthorityGroup"
TOWING2 = f"{_COC2}/TowingBrakedTypeTrailTable/TowingBrakedTypeTrailGroup"

_IVI1: dict[Field, str] = {
    "version": "Header/VersionNumberXsd",
    "reference": "Header/IVIReferenceId",
    "vin": f"{_COC1}/VehicleIdentificationNumber",
    "category": f"{_COC1}/VehicleCategoryCode",
    "make": f"{_COC1}/MakeTable/MakeGroup/Make",
    "type_approval": f"{_COC1}/TypeApprovalNumber",
    "type_approval_kind": f"{_COC1}/TypeApprovalTypeCode",
    "type": f"{_COC1}/Type",
    "variant": f"{_COC1}/Variant",
    "version_code": f"{_COC1}/Version",
    "stage": f"{_COC1}/StageOfCompletionCode",
    "document_version": f"{_COC1}/VersionCoc",
    "pure_electric": f"{_COC1}/PureElectricVehIndicator",
    "number_of_axles": f"{_COC1}/NumberOfAxles",
    "powered_axles": f"{_COC1}/NumberOfPoweredAxles",
    "axle_rows": f"{_COC1}/AxleTable/AxleGroup",
    "running_order": f"{_COC1}/MassOfTheVehicleInRunningOrder",
    "actual_mass": f"{_COC1}/ActualMassOfTheVehicle",
    "max_laden_mass": f"{_COC1}/TechnPermMaxLadenMass",
    "approval_date": f"{_COC1}/TypeApprovalDateOfIssue",
    "manufacture_date": f"{_COC1}/DateOfManufactureVeh",
    "signature_date": f"{_COC1}/{_SIGNER}/DateOfSignature",
    "document_date": f"{_COC1}/VersionDateIVI",
    "number_of_doors": f"{_COC1}/NumberOfDoors",
    "energy_source": f"{_ENGINE}/FuelTable/FuelGroup/FuelCode",
    "combination_mass": f"{_COC1}/TechnPermMaxMassCombination",
}
_IVI2: dict[Field, str] = {
    "version": "Header/IviVersionNumberXsd",
    "reference": "Header/IviReferenceId",
    "vin": f"{_COC2}/VehicleIdentificationNumber",
    "category": f"{_COC2}/VehicleCategory",
    "make": f"{_COC2}/MakeTable/MakeGroup/Make",
    "type_approval": f"{_COC2}/TypeApprovalNumber",
    "type_approval_kind": f"{_COC2}/TypeApprovalType",
    "type": f"{_COC2}/Type",
    "variant": f"{_COC2}/Variant",
    "version_code": f"{_COC2}/Version",
    "stage": f"{_COC2}/StageOfCompletion",
    "document_version": "Header/IviVersionNumber",
    "pure_electric": f"{_COC2}/PureElectricVehicleIndicator",
    "number_of_axles": f"{_GENERAL}/NumberOfAxles",
    "powered_axles": f"{_GENERAL}/NumberOfPoweredAxles",
    "axle_rows": f"{_COC2}/AxleTable/AxleGroup",
    "running_order": f"{_MASS}/MassInRunningOrder",
    "actual_mass": f"{_MASS}/ActualMass",
    "max_laden_mass": f"{_MASS}/TechnicallyPermissibleMaximumLadenMass",
    "approval_date": f"{_COC2}/TypeApprovalIssueDate",
    "manufacture_date": f"{_COC2}/DateManufactureVehicle",
    "signature_date": f"{_COC2}/{_SIGNER}/SignatureDate",
    "document_date": "Header/IviVersionDateTime",
    "number_of_doors": f"{_GENERAL}/NumberOfDoors",
    "energy_source": f"{_CONVERTOR}/EnergySourceTable/EnergySourceGroup/EnergySource",
    "combination_mass": f"{TOWING2}/BodyworkTypeTable/BodyworkTypeGroup/TechnicallyPermissibleMaximumCombinationMass",
}
PATHS: dict[Family, dict[Field, str]] = {"1.x": _IVI1, "2.0": _IVI2}
